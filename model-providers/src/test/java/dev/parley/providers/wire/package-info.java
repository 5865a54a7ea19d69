@NullMarked
package dev.parley.providers.wire;

import org.jspecify.annotations.NullMarked;
