/** Reads, for history pages, audits and prompts. */
@NullMarked
package dev.parley.store.read;

import org.jspecify.annotations.NullMarked;
