/** What callers may ask, by whichever door they come, and within which limits. */
@NullMarked
package dev.parley.gateway.request;

import org.jspecify.annotations.NullMarked;
