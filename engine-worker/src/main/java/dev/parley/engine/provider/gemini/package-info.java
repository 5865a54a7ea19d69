/** Google's Gemini. */
@NullMarked
package dev.parley.engine.provider.gemini;

import org.jspecify.annotations.NullMarked;
