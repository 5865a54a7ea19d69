/** What the store keeps, as values: turns, conversations and archives. No database, no clock. */
@NullMarked
package dev.parley.store.turn;

import org.jspecify.annotations.NullMarked;
