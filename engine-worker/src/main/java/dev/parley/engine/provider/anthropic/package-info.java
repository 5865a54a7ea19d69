/** Anthropic's Messages. */
@NullMarked
package dev.parley.engine.provider.anthropic;

import org.jspecify.annotations.NullMarked;
