/** Reads {@code chat.events} and writes conversations, messages and archives to MongoDB. */
@NullMarked
package dev.parley.projection;

import org.jspecify.annotations.NullMarked;
