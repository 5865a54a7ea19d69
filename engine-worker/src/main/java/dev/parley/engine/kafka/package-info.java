/**
 * The shell around the coordinator: readers that decode the log ({@link dev.parley.engine.kafka.LogReader}), the coordinator's thread
 * ({@link dev.parley.engine.kafka.CoordinatorLoop}), the membership in the group, checkpoints, and the producer.
 */
@NullMarked
package dev.parley.engine.kafka;

import org.jspecify.annotations.NullMarked;
