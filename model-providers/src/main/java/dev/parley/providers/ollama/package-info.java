/** Ollama, which runs models on one's own machine. */
@NullMarked
package dev.parley.providers.ollama;

import org.jspecify.annotations.NullMarked;
