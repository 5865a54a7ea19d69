/** Reads {@code chat.events} as a member of a consumer group and writes to the store. */
@NullMarked
package dev.parley.projection.reader;

import org.jspecify.annotations.NullMarked;
