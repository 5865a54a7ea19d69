@NullMarked
package dev.parley.gateway.history;

import org.jspecify.annotations.NullMarked;
