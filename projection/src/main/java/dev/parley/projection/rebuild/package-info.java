/** Makes all documents again from the log, compares them with the live ones, and replaces those that differ. */
@NullMarked
package dev.parley.projection.rebuild;

import org.jspecify.annotations.NullMarked;
