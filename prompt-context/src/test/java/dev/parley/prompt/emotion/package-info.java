@NullMarked
package dev.parley.prompt.emotion;

import org.jspecify.annotations.NullMarked;
