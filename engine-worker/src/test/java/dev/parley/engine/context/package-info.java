@NullMarked
package dev.parley.engine.context;

import org.jspecify.annotations.NullMarked;
