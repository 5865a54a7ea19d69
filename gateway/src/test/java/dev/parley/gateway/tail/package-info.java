@NullMarked
package dev.parley.gateway.tail;

import org.jspecify.annotations.NullMarked;
