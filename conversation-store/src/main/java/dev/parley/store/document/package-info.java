/** The schema: names of collections and fields, ids, indexes, and the values as documents and back. */
@NullMarked
package dev.parley.store.document;

import org.jspecify.annotations.NullMarked;
