/** What a worker measures of itself. */
@NullMarked
package dev.parley.engine.metrics;

import org.jspecify.annotations.NullMarked;
