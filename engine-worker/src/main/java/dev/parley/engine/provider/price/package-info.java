/** What models cost, as far as somebody has said. */
@NullMarked
package dev.parley.engine.provider.price;

import org.jspecify.annotations.NullMarked;
