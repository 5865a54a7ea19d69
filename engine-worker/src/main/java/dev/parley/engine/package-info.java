/** The engine worker: reads commands from the log, asks models, and appends the events of their answers to the log. This package configures it. */
@NullMarked
package dev.parley.engine;

import org.jspecify.annotations.NullMarked;
