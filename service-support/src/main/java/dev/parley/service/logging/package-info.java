/** Log lines for events that can occur many times a second. */
@NullMarked
package dev.parley.service.logging;

import org.jspecify.annotations.NullMarked;
