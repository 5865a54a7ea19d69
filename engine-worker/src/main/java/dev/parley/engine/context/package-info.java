/** The store as a worker reads it. */
@NullMarked
package dev.parley.engine.context;

import org.jspecify.annotations.NullMarked;
