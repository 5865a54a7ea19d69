/** One broker and one store for all tests of a module: embedded, or in containers with {@code -Pcontainers}. */
@NullMarked
package dev.parley.embedded.testing;

import org.jspecify.annotations.NullMarked;
