/** Model services behind one small port. */
@NullMarked
package dev.parley.providers;

import org.jspecify.annotations.NullMarked;
