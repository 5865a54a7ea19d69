/** How streamed answers lie in bytes: server-sent events and lines of JSON. Knows no provider and no HTTP; depends on nothing. */
@NullMarked
package dev.parley.providers.wire;

import org.jspecify.annotations.NullMarked;
