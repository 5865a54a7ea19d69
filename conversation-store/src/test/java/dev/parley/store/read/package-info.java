@NullMarked
package dev.parley.store.read;

import org.jspecify.annotations.NullMarked;
