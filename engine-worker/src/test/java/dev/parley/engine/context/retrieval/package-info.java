@NullMarked
package dev.parley.engine.context.retrieval;

import org.jspecify.annotations.NullMarked;
