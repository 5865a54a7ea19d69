@NullMarked
package dev.parley.engine.provider.selection;

import org.jspecify.annotations.NullMarked;
