/** A chat client that knows only the protocol and none of Parley's code. */
@NullMarked
package dev.parley.systemtests.client;

import org.jspecify.annotations.NullMarked;
