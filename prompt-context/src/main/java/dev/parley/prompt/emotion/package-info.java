/** How the user of a message seems to feel: a lexicon and rules, pure. */
@NullMarked
package dev.parley.prompt.emotion;

import org.jspecify.annotations.NullMarked;
