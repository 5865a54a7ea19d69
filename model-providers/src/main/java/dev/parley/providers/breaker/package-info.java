/** Circuit breakers, which stop calls to a service that fails. */
@NullMarked
package dev.parley.providers.breaker;

import org.jspecify.annotations.NullMarked;
