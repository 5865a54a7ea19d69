@NullMarked
package dev.parley.engine.provider.price;

import org.jspecify.annotations.NullMarked;
