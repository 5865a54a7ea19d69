/** The JSON form of every command, event and frame. */
@NullMarked
package dev.parley.schema.json;

import org.jspecify.annotations.NullMarked;
