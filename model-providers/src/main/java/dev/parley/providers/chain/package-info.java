/** Asks several providers in turn until one answers. */
@NullMarked
package dev.parley.providers.chain;

import org.jspecify.annotations.NullMarked;
