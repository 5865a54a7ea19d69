@NullMarked
package dev.parley.projection.turn;

import org.jspecify.annotations.NullMarked;
