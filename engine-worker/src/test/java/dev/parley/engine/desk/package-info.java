@NullMarked
package dev.parley.engine.desk;

import org.jspecify.annotations.NullMarked;
