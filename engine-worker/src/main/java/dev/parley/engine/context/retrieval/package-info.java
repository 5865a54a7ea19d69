/** Finds what was said or written before and bears on a message: earlier turns, and passages of documents. */
@NullMarked
package dev.parley.engine.context.retrieval;

import org.jspecify.annotations.NullMarked;
