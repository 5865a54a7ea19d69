package dev.parley.engine.simulation;

import dev.parley.engine.state.LogPosition;

/**
 * From where a worker reads a partition.
 *
 * @param eventsEnd the end of the events when it began
 * @param allEvents whether it reads all events from the first one on
 */
record Start(LogPosition position, long eventsEnd, boolean allEvents) {}
