@NullMarked
package dev.parley.providers.breaker;

import org.jspecify.annotations.NullMarked;
