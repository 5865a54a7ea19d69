/** Finds what was said or written before and bears on a message: earlier turns, and passages of documents. */
@NullMarked
package dev.parley.prompt.retrieval;

import org.jspecify.annotations.NullMarked;
