/** What past turns give to prompts, read from the store. */
@NullMarked
package dev.parley.prompt.stored;

import org.jspecify.annotations.NullMarked;
