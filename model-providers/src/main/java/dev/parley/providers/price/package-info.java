/** Prices of models, from the settings. */
@NullMarked
package dev.parley.providers.price;

import org.jspecify.annotations.NullMarked;
