/** Processes that are started, paused and killed, and never outlive the tests. */
@NullMarked
package dev.parley.systemtests.process;

import org.jspecify.annotations.NullMarked;
