/**
 * A deterministic simulation of several writers of one stream over a partition that delivers late, twice or not at all, and whose
 * acknowledgements get lost. Each step is drawn from one seed: a seed is a history.
 */
@NullMarked
package dev.parley.schema.log.simulation;

import org.jspecify.annotations.NullMarked;
