package dev.parley.schema.log.simulation;

import dev.parley.schema.log.Entry;

/**
 * A record on its way or in the log.
 *
 * @param id of this sending: a record that is delivered twice has the same id twice
 * @param knew digest of the accepted events that its writer believed to be before it
 */
record Sent(int id, int worker, Entry entry, long knew) {

    @Override
    public String toString() {
        return "#" + id + " w" + worker + " " + entry;
    }
}
