/** Gathers the parts of a prompt, each within its time budget, and assembles the prompt. */
@NullMarked
package dev.parley.prompt.assembly;

import org.jspecify.annotations.NullMarked;
