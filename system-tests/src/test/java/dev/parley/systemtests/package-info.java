/** Tests from outside: what a client, an operator or a foreign reader can see of real processes. */
@NullMarked
package dev.parley.systemtests;

import org.jspecify.annotations.NullMarked;
