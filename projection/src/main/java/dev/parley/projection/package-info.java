/** The projection: what {@code chat.events} says, as conversations and messages in MongoDB. */
@NullMarked
package dev.parley.projection;

import org.jspecify.annotations.NullMarked;
