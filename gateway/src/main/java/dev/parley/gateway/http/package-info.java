/** The HTTP API: chat, conversations, streams and audits; answers as server-sent events. */
@NullMarked
package dev.parley.gateway.http;

import org.jspecify.annotations.NullMarked;
