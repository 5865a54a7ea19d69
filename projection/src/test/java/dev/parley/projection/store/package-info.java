@NullMarked
package dev.parley.projection.store;

import org.jspecify.annotations.NullMarked;
