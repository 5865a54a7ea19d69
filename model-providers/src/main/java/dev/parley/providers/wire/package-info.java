/** Reads server-sent events and lines of JSON from bytes. Independent of providers and HTTP. */
@NullMarked
package dev.parley.providers.wire;

import org.jspecify.annotations.NullMarked;
