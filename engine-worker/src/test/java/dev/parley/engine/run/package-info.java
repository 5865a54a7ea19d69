@NullMarked
package dev.parley.engine.run;

import org.jspecify.annotations.NullMarked;
