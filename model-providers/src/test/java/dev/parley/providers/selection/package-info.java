@NullMarked
package dev.parley.providers.selection;

import org.jspecify.annotations.NullMarked;
