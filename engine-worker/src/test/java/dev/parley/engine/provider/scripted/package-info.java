@NullMarked
package dev.parley.engine.provider.scripted;

import org.jspecify.annotations.NullMarked;
