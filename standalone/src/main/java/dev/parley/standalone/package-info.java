/** All of Parley in one process, on an embedded Kafka and store. */
@NullMarked
package dev.parley.standalone;

import org.jspecify.annotations.NullMarked;
