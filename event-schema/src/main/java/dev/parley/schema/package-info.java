/** The contract that every part of Parley and every foreign reader of its topics shares. */
@NullMarked
package dev.parley.schema;

import org.jspecify.annotations.NullMarked;
