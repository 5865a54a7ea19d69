@NullMarked
package dev.parley.engine.provider.chain;

import org.jspecify.annotations.NullMarked;
