/** Names of users, sessions, messages and streams: one-field records that cannot hold an illegal value. */
@NullMarked
package dev.parley.schema.id;

import org.jspecify.annotations.NullMarked;
