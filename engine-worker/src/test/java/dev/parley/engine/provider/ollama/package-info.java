@NullMarked
package dev.parley.engine.provider.ollama;

import org.jspecify.annotations.NullMarked;
