/** Watches threads that a process depends on. */
@NullMarked
package dev.parley.service.thread;

import org.jspecify.annotations.NullMarked;
