/**
 * What the log says a turn is: pure folds over records. No Kafka, no database, no clock; {@link
 * dev.parley.projection.turn.PartitionFold} is where a reader of a partition begins.
 */
@NullMarked
package dev.parley.projection.turn;

import org.jspecify.annotations.NullMarked;
