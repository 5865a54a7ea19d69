/** Frames between a client and a gateway that are not events of a stream. */
@NullMarked
package dev.parley.schema.connection;

import org.jspecify.annotations.NullMarked;
