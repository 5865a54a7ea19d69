@NullMarked
package dev.parley.schema.repeats;

import org.jspecify.annotations.NullMarked;
