/**
 * A deterministic simulation of several writers of one stream. Records arrive in the partition late, twice or not at all, and acknowledgements
 * are lost. All steps of a history follow from one seed.
 */
@NullMarked
package dev.parley.schema.log.simulation;

import org.jspecify.annotations.NullMarked;
