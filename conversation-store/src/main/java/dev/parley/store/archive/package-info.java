/** The records of a finished stream as compressed bytes, and back without any change. No I/O, no Kafka. */
@NullMarked
package dev.parley.store.archive;

import org.jspecify.annotations.NullMarked;
