/** The settings of a gateway, bound from {@code parley.*} and validated; those of authentication are in its own package. */
@NullMarked
package dev.parley.gateway.settings;

import org.jspecify.annotations.NullMarked;
