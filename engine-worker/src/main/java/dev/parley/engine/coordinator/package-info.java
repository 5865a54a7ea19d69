/** Where the log's hints become work: one thread looks at each session that changed and starts, watches, stops or takes over. */
@NullMarked
package dev.parley.engine.coordinator;

import org.jspecify.annotations.NullMarked;
