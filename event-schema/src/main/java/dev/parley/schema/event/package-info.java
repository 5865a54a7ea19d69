/** What happened: facts, on {@code chat.events}; the value of a record is the frame that a client gets. */
@NullMarked
package dev.parley.schema.event;

import org.jspecify.annotations.NullMarked;
