/** The engine worker: takes commands from the log, asks a model, and writes what happens back to the log. */
@NullMarked
package dev.parley.engine;

import org.jspecify.annotations.NullMarked;
