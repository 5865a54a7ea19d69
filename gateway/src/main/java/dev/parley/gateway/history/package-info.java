/** What was said before, from MongoDB. */
@NullMarked
package dev.parley.gateway.history;

import org.jspecify.annotations.NullMarked;
