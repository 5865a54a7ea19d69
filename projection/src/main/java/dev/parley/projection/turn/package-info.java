/**
 * Pure folds of records into turns, conversations and archives. No Kafka, no database, no clock. A reader of a partition begins with {@link
 * dev.parley.projection.turn.PartitionFold}.
 */
@NullMarked
package dev.parley.projection.turn;

import org.jspecify.annotations.NullMarked;
