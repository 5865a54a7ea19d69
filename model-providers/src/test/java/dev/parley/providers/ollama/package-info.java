@NullMarked
package dev.parley.providers.ollama;

import org.jspecify.annotations.NullMarked;
