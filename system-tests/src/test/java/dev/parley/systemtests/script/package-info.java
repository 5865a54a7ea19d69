/** Messages whose answer is known to the last character. */
@NullMarked
package dev.parley.systemtests.script;

import org.jspecify.annotations.NullMarked;
