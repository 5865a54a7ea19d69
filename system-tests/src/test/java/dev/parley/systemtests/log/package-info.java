/** Compares topics, clients' records and documents with each other. */
@NullMarked
package dev.parley.systemtests.log;

import org.jspecify.annotations.NullMarked;
