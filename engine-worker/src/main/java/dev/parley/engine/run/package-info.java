/** The threads around a stream: one reads the model, one writes the log. What to write is decided in {@code engine.stream}. */
@NullMarked
package dev.parley.engine.run;

import org.jspecify.annotations.NullMarked;
