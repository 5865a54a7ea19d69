/** Google's Gemini. */
@NullMarked
package dev.parley.providers.gemini;

import org.jspecify.annotations.NullMarked;
