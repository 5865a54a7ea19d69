@NullMarked
package dev.parley.schema.log;

import org.jspecify.annotations.NullMarked;
