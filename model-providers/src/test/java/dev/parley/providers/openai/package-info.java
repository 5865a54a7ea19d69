@NullMarked
package dev.parley.providers.openai;

import org.jspecify.annotations.NullMarked;
