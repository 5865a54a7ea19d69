/** Durations, summed up in one line. */
@NullMarked
package dev.parley.systemtests.measure;

import org.jspecify.annotations.NullMarked;
