@NullMarked
package dev.parley.schema.id;

import org.jspecify.annotations.NullMarked;
