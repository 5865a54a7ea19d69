/** Ollama, which runs models on the local machine. */
@NullMarked
package dev.parley.providers.ollama;

import org.jspecify.annotations.NullMarked;
