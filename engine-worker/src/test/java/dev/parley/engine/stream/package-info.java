@NullMarked
package dev.parley.engine.stream;

import org.jspecify.annotations.NullMarked;
