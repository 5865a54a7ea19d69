@NullMarked
package dev.parley.schema.trace;

import org.jspecify.annotations.NullMarked;
