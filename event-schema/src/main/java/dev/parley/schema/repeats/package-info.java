/** {@link dev.parley.schema.repeats.AskedIds}: which message ids the commands of a partition have asked for. Pure: no I/O, no clock. */
@NullMarked
package dev.parley.schema.repeats;

import org.jspecify.annotations.NullMarked;
