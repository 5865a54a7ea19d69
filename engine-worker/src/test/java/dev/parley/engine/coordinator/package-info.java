@NullMarked
package dev.parley.engine.coordinator;

import org.jspecify.annotations.NullMarked;
