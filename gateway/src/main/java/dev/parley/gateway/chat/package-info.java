/** What callers may ask, by whichever door they come, and within which limits. */
@NullMarked
package dev.parley.gateway.chat;

import org.jspecify.annotations.NullMarked;
