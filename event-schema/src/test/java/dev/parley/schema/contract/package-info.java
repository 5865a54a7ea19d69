/** Schemas, golden files, AsyncAPI and documents against the records: what others build on says what the code does. */
@NullMarked
package dev.parley.schema.contract;

import org.jspecify.annotations.NullMarked;
