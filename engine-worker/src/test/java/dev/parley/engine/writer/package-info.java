@NullMarked
package dev.parley.engine.writer;

import org.jspecify.annotations.NullMarked;
