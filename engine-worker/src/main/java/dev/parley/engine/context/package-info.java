/** Reads the turns that the projection wrote. */
@NullMarked
package dev.parley.engine.context;

import org.jspecify.annotations.NullMarked;
