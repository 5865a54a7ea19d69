@NullMarked
package dev.parley.engine.provider;

import org.jspecify.annotations.NullMarked;
