/** The commands in {@code chat.commands}. */
@NullMarked
package dev.parley.schema.command;

import org.jspecify.annotations.NullMarked;
