/**
 * One stream: what a worker may decide about it ({@link dev.parley.engine.stream.Decision}), what its writer does next
 * ({@link dev.parley.engine.stream.StreamWriterState}), and which events come of it: {@link dev.parley.engine.stream.StreamState#receive} takes
 * what happens, {@link dev.parley.engine.stream.StreamState#decide} gives the next event to append, and
 * {@link dev.parley.engine.stream.StreamState#evolve} applies it. Pure: no threads, no clocks, no Kafka.
 */
@NullMarked
package dev.parley.engine.stream;

import org.jspecify.annotations.NullMarked;
