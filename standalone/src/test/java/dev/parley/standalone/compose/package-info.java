/** The compose file, checked as far as it can be without Docker. */
@NullMarked
package dev.parley.standalone.compose;

import org.jspecify.annotations.NullMarked;
