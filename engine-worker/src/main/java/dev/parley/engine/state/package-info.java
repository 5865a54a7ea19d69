/**
 * What the log says of the sessions of a partition ({@link dev.parley.engine.state.PartitionState}), and what follows from it for each message
 * ({@link dev.parley.engine.state.Decider}). Pure: time is an argument; no Kafka, no threads.
 */
@NullMarked
package dev.parley.engine.state;

import org.jspecify.annotations.NullMarked;
