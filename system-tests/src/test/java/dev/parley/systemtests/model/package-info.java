/** A model service that answers and fails by plan. */
@NullMarked
package dev.parley.systemtests.model;

import org.jspecify.annotations.NullMarked;
