/** A whole conversation as JSON or Markdown. */
@NullMarked
package dev.parley.store.export;

import org.jspecify.annotations.NullMarked;
