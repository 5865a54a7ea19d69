/**
 * A real Kafka broker and a store with MongoDB's wire protocol inside this process, both kept in a data folder. For development, tests
 * and use on one machine; not for production.
 */
@NullMarked
package dev.parley.embedded;

import org.jspecify.annotations.NullMarked;
