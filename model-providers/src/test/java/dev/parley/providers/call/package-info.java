@NullMarked
package dev.parley.providers.call;

import org.jspecify.annotations.NullMarked;
