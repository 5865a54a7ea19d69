/** A provider without a model, for first steps and tests. */
@NullMarked
package dev.parley.providers.scripted;

import org.jspecify.annotations.NullMarked;
