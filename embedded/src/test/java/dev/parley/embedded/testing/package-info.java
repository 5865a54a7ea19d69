@NullMarked
package dev.parley.embedded.testing;

import org.jspecify.annotations.NullMarked;
