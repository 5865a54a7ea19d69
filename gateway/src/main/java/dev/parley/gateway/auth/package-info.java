/** Who is there: tokens, roles, origins. */
@NullMarked
package dev.parley.gateway.auth;

import org.jspecify.annotations.NullMarked;
