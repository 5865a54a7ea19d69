/** What the topics, the clients and the store say, held against each other. */
@NullMarked
package dev.parley.systemtests.log;

import org.jspecify.annotations.NullMarked;
