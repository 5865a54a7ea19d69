package dev.parley.engine.simulation;

import dev.parley.engine.stream.Written;
import dev.parley.schema.event.ChatEvent;
import org.jspecify.annotations.Nullable;

/**
 * What a record's writer knew when it sent the record.
 *
 * @param known what it took for the stream's past; null if the record does not depend on that
 * @param knewStop whether it had read that the stream is to stop
 */
record Note(ChatEvent event, String worker, @Nullable Written known, boolean knewStop) {}
