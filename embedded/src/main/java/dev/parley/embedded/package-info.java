/**
 * A real Kafka broker and a MongoDB-wire store inside this process, both kept in a data folder. For development, tests and
 * one-machine use; not for production.
 */
@NullMarked
package dev.parley.embedded;

import org.jspecify.annotations.NullMarked;
