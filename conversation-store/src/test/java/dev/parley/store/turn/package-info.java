@NullMarked
package dev.parley.store.turn;

import org.jspecify.annotations.NullMarked;
