@NullMarked
package dev.parley.engine.context.emotion;

import org.jspecify.annotations.NullMarked;
