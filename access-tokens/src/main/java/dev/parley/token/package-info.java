/** Access tokens: what they contain, and how they are signed with the gateways' secret. */
@NullMarked
package dev.parley.token;

import org.jspecify.annotations.NullMarked;
