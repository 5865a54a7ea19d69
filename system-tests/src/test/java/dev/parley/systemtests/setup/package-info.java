/** The set-ups that a test can run against: everything in one process, or every service apart. */
@NullMarked
package dev.parley.systemtests.setup;

import org.jspecify.annotations.NullMarked;
