/** Anthropic's Messages API. */
@NullMarked
package dev.parley.providers.anthropic;

import org.jspecify.annotations.NullMarked;
