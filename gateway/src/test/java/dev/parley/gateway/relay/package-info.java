@NullMarked
package dev.parley.gateway.relay;

import org.jspecify.annotations.NullMarked;
