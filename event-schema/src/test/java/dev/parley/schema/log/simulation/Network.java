package dev.parley.schema.log.simulation;

import dev.parley.schema.log.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Delivers records to the log: late, twice or never; acknowledgements may be lost. */
final class Network {

    private record Flying(Sent sent, Worker worker) {}

    private final List<Sent> log;
    private final List<Flying> flying = new ArrayList<>();
    private int sends;
    private int claims;

    Network(List<Sent> log) {
        this.log = log;
    }

    int nextClaim() {
        return claims++;
    }

    Sent send(Worker worker, Entry entry, long knew) {
        Sent sent = new Sent(sends++, worker.number, entry, knew);
        flying.add(new Flying(sent, worker));
        return sent;
    }

    boolean isQuiet() {
        return flying.isEmpty();
    }

    /** One record arrives. */
    void deliver(RandomGenerator random) {
        if (flying.isEmpty()) {
            return;
        }
        Flying next = flying.get(random.nextInt(flying.size()));
        if (random.nextInt(12) != 0) {
            flying.remove(next); // else it stays and is delivered again
        }
        log.add(next.sent);
        if (random.nextInt(8) != 0) {
            next.worker.acknowledged(next.sent, log.size() - 1);
        }
    }

    void lose(RandomGenerator random) {
        if (!flying.isEmpty()) {
            flying.remove(random.nextInt(flying.size()));
        }
    }

    /** Without faults: all records arrive once, in the order of sending, and are acknowledged. */
    void deliverAll() {
        for (Flying next : List.copyOf(flying)) {
            flying.remove(next);
            log.add(next.sent);
            next.worker.acknowledged(next.sent, log.size() - 1);
        }
    }
}
