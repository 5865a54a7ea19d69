/** Google's Gemini API. */
@NullMarked
package dev.parley.providers.gemini;

import org.jspecify.annotations.NullMarked;
