/** Which model services there are, by settings, and which of them answers a message. */
@NullMarked
package dev.parley.providers.selection;

import org.jspecify.annotations.NullMarked;
