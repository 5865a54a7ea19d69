/** Guesses the category of a message. */
@NullMarked
package dev.parley.providers.category;

import org.jspecify.annotations.NullMarked;
