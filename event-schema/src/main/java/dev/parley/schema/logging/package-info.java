/** Log lines for events that can come many times a second. */
@NullMarked
package dev.parley.schema.logging;

import org.jspecify.annotations.NullMarked;
