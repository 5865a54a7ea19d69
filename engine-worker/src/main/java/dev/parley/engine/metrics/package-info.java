/** The metrics of a worker. */
@NullMarked
package dev.parley.engine.metrics;

import org.jspecify.annotations.NullMarked;
