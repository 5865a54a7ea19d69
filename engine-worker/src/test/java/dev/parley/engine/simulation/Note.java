package dev.parley.engine.simulation;

import dev.parley.engine.stream.Written;
import dev.parley.schema.event.ChatEvent;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a record beside what it says.
 *
 * @param known what its writer took for the stream's past when it decided the record; null for what knows nothing
 * @param knewStop whether its writer had read by then that the stream is to stop
 */
record Note(ChatEvent event, String worker, @Nullable Written known, boolean knewStop) {}
