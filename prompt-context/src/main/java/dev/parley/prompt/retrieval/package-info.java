/** Finds earlier turns and passages of documents that are relevant to a message. */
@NullMarked
package dev.parley.prompt.retrieval;

import org.jspecify.annotations.NullMarked;
