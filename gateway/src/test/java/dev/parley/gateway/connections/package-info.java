@NullMarked
package dev.parley.gateway.connections;

import org.jspecify.annotations.NullMarked;
