@NullMarked
package dev.parley.engine.state;

import org.jspecify.annotations.NullMarked;
