/** Estimates the user's emotion from the words of a message, with a lexicon and rules. Pure. */
@NullMarked
package dev.parley.prompt.emotion;

import org.jspecify.annotations.NullMarked;
