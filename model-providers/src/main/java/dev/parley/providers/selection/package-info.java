/** Creates the providers that the settings name, and chooses the ones for a message. */
@NullMarked
package dev.parley.providers.selection;

import org.jspecify.annotations.NullMarked;
