/** A chat client as anybody could write one: it knows the wire and nothing of the code behind it. */
@NullMarked
package dev.parley.systemtests.client;

import org.jspecify.annotations.NullMarked;
