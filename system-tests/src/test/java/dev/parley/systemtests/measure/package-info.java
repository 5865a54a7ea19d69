/** What was measured, in a line. */
@NullMarked
package dev.parley.systemtests.measure;

import org.jspecify.annotations.NullMarked;
