/** Log lines for events that can come many times a second. */
@NullMarked
package dev.parley.service.logging;

import org.jspecify.annotations.NullMarked;
