/** Simulates the engine without Kafka and threads: real coordinators and stream writers on a simulated log, network, model and clock. */
@NullMarked
package dev.parley.engine.simulation;

import org.jspecify.annotations.NullMarked;
