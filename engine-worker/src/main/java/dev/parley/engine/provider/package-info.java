/** Model services behind one small port. */
@NullMarked
package dev.parley.engine.provider;

import org.jspecify.annotations.NullMarked;
