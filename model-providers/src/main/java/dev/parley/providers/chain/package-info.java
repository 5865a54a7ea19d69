/** Asking one provider after the other until one of them says something. */
@NullMarked
package dev.parley.providers.chain;

import org.jspecify.annotations.NullMarked;
