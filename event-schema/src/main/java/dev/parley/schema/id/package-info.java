/** Ids of users, sessions, messages and streams. Each is a record that cannot hold an invalid value. */
@NullMarked
package dev.parley.schema.id;

import org.jspecify.annotations.NullMarked;
