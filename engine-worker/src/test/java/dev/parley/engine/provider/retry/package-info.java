@NullMarked
package dev.parley.engine.provider.retry;

import org.jspecify.annotations.NullMarked;
