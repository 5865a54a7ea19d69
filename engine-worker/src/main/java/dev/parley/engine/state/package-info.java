/**
 * What the log says of the sessions of a partition, and what follows from it for each command. Pure: time is an argument, and nothing
 * here knows Kafka, threads or who else is at work.
 */
@NullMarked
package dev.parley.engine.state;

import org.jspecify.annotations.NullMarked;
