@NullMarked
package dev.parley.prompt.retrieval;

import org.jspecify.annotations.NullMarked;
