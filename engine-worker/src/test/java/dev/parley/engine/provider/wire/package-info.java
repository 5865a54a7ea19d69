@NullMarked
package dev.parley.engine.provider.wire;

import org.jspecify.annotations.NullMarked;
