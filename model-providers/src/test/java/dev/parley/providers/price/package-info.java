@NullMarked
package dev.parley.providers.price;

import org.jspecify.annotations.NullMarked;
