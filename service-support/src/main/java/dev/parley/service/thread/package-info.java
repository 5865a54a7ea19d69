/** What a thread is told that others depend on. */
@NullMarked
package dev.parley.service.thread;

import org.jspecify.annotations.NullMarked;
