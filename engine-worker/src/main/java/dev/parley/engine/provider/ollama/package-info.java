/** Ollama, which runs models on one's own machine. */
@NullMarked
package dev.parley.engine.provider.ollama;

import org.jspecify.annotations.NullMarked;
