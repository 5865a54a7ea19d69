/** The connection to MongoDB, which all readers and writers of the store share. */
@NullMarked
package dev.parley.store;

import org.jspecify.annotations.NullMarked;
