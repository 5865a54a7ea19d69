/** The whole engine without Kafka and threads: real desks and writers, an invented log, network, model and clock. */
@NullMarked
package dev.parley.engine.simulation;

import org.jspecify.annotations.NullMarked;
