/** Gathers the parts of a prompt, each within its time budget, and puts the prompt together. */
@NullMarked
package dev.parley.prompt.assembly;

import org.jspecify.annotations.NullMarked;
