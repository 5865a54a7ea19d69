/** The threads around a stream: one reads the model, one writes the log. What to write is decided in {@code engine.stream}. */
@NullMarked
package dev.parley.engine.writer;

import org.jspecify.annotations.NullMarked;
