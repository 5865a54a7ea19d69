@NullMarked
package dev.parley.store.export;

import org.jspecify.annotations.NullMarked;
