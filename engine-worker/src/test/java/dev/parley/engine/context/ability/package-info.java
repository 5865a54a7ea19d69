@NullMarked
package dev.parley.engine.context.ability;

import org.jspecify.annotations.NullMarked;
