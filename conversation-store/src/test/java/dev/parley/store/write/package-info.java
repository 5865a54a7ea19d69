@NullMarked
package dev.parley.store.write;

import org.jspecify.annotations.NullMarked;
