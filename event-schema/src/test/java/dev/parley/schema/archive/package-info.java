@NullMarked
package dev.parley.schema.archive;

import org.jspecify.annotations.NullMarked;
