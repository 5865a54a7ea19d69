package dev.parley.engine.simulation;

import dev.parley.engine.state.LogPosition;

/**
 * From where a worker reads a partition.
 *
 * @param eventsEnd what was there when it began
 * @param allEvents whether that is so of all events that there are
 */
record Start(LogPosition position, long eventsEnd, boolean allEvents) {}
