@NullMarked
package dev.parley.store.archive;

import org.jspecify.annotations.NullMarked;
