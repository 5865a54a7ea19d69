/** What may depend on what, over all modules. */
@NullMarked
package dev.parley.architecture;

import org.jspecify.annotations.NullMarked;
