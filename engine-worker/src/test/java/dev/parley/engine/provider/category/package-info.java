@NullMarked
package dev.parley.engine.provider.category;

import org.jspecify.annotations.NullMarked;
