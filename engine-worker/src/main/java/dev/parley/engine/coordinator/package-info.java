/**
 * The core of a worker: folds decoded records of the log, looks at each session that changed, and starts, stops or takes over streams. Pure:
 * time is an argument, and what is to be done outside goes through {@link dev.parley.engine.coordinator.Coordinator.Effects}. For one thread.
 */
@NullMarked
package dev.parley.engine.coordinator;

import org.jspecify.annotations.NullMarked;
