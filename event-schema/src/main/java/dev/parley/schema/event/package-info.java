/** The events in {@code chat.events}. The value of a record is the frame that clients receive. */
@NullMarked
package dev.parley.schema.event;

import org.jspecify.annotations.NullMarked;
