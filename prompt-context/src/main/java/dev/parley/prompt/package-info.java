/** The interface through which a stream writer gets the prompt of a turn. */
@NullMarked
package dev.parley.prompt;

import org.jspecify.annotations.NullMarked;
