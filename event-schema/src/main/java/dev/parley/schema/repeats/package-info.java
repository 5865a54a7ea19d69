/** {@link dev.parley.schema.repeats.AskedIds}: recognises repeated commands. Pure: no I/O, no clock. */
@NullMarked
package dev.parley.schema.repeats;

import org.jspecify.annotations.NullMarked;
