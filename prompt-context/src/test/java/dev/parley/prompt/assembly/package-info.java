@NullMarked
package dev.parley.prompt.assembly;

import org.jspecify.annotations.NullMarked;
