@NullMarked
package dev.parley.store.document;

import org.jspecify.annotations.NullMarked;
