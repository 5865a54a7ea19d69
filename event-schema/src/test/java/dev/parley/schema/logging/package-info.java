@NullMarked
package dev.parley.schema.logging;

import org.jspecify.annotations.NullMarked;
