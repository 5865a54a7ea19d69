/** All records of a finished stream as compressed bytes, and back to the bit. No I/O, no Kafka. */
@NullMarked
package dev.parley.schema.archive;

import org.jspecify.annotations.NullMarked;
