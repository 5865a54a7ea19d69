/** What goes into a prompt beside the message. */
@NullMarked
package dev.parley.engine.context;

import org.jspecify.annotations.NullMarked;
