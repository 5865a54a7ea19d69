/**
 * The life of one stream as pure functions: {@link dev.parley.engine.stream.StreamState#receive} takes what happens,
 * {@link dev.parley.engine.stream.StreamState#decide} says which event to append next, and
 * {@link dev.parley.engine.stream.StreamState#evolve} applies an event that was appended. No threads, clocks, Kafka.
 */
@NullMarked
package dev.parley.engine.stream;

import org.jspecify.annotations.NullMarked;
