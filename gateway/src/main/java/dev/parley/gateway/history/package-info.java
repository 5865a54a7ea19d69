/** Conversations and their messages: those in the store, and those that wait for their turn. */
@NullMarked
package dev.parley.gateway.history;

import org.jspecify.annotations.NullMarked;
