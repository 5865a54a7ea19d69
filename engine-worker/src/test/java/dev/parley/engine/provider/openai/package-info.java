@NullMarked
package dev.parley.engine.provider.openai;

import org.jspecify.annotations.NullMarked;
