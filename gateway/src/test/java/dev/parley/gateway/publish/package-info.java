@NullMarked
package dev.parley.gateway.publish;

import org.jspecify.annotations.NullMarked;
