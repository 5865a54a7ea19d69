@NullMarked
package dev.parley.engine.provider.breaker;

import org.jspecify.annotations.NullMarked;
