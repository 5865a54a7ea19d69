/** What models cost, as far as somebody has said. */
@NullMarked
package dev.parley.providers.price;

import org.jspecify.annotations.NullMarked;
