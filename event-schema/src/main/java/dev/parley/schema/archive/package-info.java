/** Compresses all records of a finished stream and restores them bit by bit. No I/O, no Kafka. */
@NullMarked
package dev.parley.schema.archive;

import org.jspecify.annotations.NullMarked;
