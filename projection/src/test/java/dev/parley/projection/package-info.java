@NullMarked
package dev.parley.projection;

import org.jspecify.annotations.NullMarked;
