/** What somebody wants: wishes, in the imperative, on {@code chat.commands}. */
@NullMarked
package dev.parley.schema.command;

import org.jspecify.annotations.NullMarked;
