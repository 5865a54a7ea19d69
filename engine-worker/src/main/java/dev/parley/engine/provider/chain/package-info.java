/** Asking one provider after the other until one of them says something. */
@NullMarked
package dev.parley.engine.provider.chain;

import org.jspecify.annotations.NullMarked;
