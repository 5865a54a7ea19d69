package dev.parley.schema.log.simulation;

import dev.parley.schema.log.DropReason;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.Verdict;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides from the accepted records whether a history kept the guarantees. It does not use claims. */
final class Checker {

    private final Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);
    private int accepted;
    private int takeovers;

    Map<DropReason, Integer> dropped() {
        return dropped;
    }

    int takeovers() {
        return takeovers;
    }

    /** The broken guarantee in words, or null. */
    @Nullable
    String check(Habits.Rule rule, List<Sent> log) {
        Reader reader = new Reader(rule, log);
        long seq = 0;
        boolean over = false;
        while (!reader.atEnd()) {
            Sent sent = log.get(reader.offset());
            long knownBefore = reader.known();
            Verdict verdict = reader.readOne();
            if (verdict instanceof Verdict.Dropped no) {
                dropped.merge(no.reason(), 1, Integer::sum);
                continue;
            }
            accepted++;
            if (over) {
                return "accepted after the end: " + sent;
            }
            if (sent.entry() instanceof Entry.Takeover) {
                takeovers++;
            }
            if (!Reader.isEvent(sent.entry())) {
                continue;
            }
            if (sent.knew() != knownBefore) {
                return "its writer did not know exactly the events accepted before it: " + sent;
            }
            if (seqOf(sent.entry()) != seq++) {
                return "not the next seq: " + sent;
            }
            over = sent.entry() instanceof Entry.Terminal;
        }
        return over ? null : "no end: " + accepted + " records accepted";
    }

    private static long seqOf(Entry entry) {
        return switch (entry) {
            case Entry.Event event -> event.seq();
            case Entry.Terminal end -> end.seq();
            case Entry.Start start -> 0;
            case Entry.Takeover t -> -1;
            case Entry.Keepalive k -> -1;
            case Entry.Released r -> -1;
        };
    }
}
