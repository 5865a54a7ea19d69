@NullMarked
package dev.parley.embedded;

import org.jspecify.annotations.NullMarked;
