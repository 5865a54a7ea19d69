package dev.parley.schema.log.simulation;

import dev.parley.schema.log.Entry;

/**
 * A record that was sent, and may be in the log.
 *
 * @param id of the send: a record that is delivered twice has the same id both times
 * @param knew digest of the accepted events before it, as its writer knew them
 */
record Sent(int id, int worker, Entry entry, long knew) {

    @Override
    public String toString() {
        return "#" + id + " w" + worker + " " + entry;
    }
}
