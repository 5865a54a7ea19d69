/** Checks of the compose file that need no Docker. */
@NullMarked
package dev.parley.standalone.compose;

import org.jspecify.annotations.NullMarked;
