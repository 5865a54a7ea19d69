@NullMarked
package dev.parley.projection.reader;

import org.jspecify.annotations.NullMarked;
