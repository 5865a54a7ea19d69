@NullMarked
package dev.parley.providers.scripted;

import org.jspecify.annotations.NullMarked;
