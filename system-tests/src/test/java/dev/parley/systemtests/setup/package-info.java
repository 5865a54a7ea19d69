/** The systems under test: all services in one process, or each in a process of its own. */
@NullMarked
package dev.parley.systemtests.setup;

import org.jspecify.annotations.NullMarked;
