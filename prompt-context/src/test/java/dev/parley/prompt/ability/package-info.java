@NullMarked
package dev.parley.prompt.ability;

import org.jspecify.annotations.NullMarked;
