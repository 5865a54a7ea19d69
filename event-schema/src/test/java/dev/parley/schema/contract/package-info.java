/** Compares schemas, golden files, AsyncAPI and documents with the records. */
@NullMarked
package dev.parley.schema.contract;

import org.jspecify.annotations.NullMarked;
