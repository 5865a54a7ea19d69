package dev.parley.schema.log.simulation;

import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.List;

/** Folds the log record by record, at its own pace. */
final class Reader {

    private final Habits.Rule rule;
    private final List<Sent> log;
    private int offset;
    private StreamLog state = StreamLog.EMPTY;
    private long known;

    Reader(Habits.Rule rule, List<Sent> log) {
        this.rule = rule;
        this.log = log;
    }

    /** The next offset to read. */
    int offset() {
        return offset;
    }

    StreamLog state() {
        return state;
    }

    /** Digest of the events accepted so far. */
    long known() {
        return known;
    }

    boolean atEnd() {
        return offset == log.size();
    }

    Verdict readOne() {
        Sent sent = log.get(offset++);
        Verdict verdict = rule.judge(state, sent.entry());
        if (verdict instanceof Verdict.Accepted accepted) {
            state = accepted.after();
            if (isEvent(sent.entry())) {
                known = plus(known, sent.id());
            }
        }
        return verdict;
    }

    static boolean isEvent(Entry entry) {
        return entry instanceof Entry.Start || entry instanceof Entry.Event || entry instanceof Entry.Terminal;
    }

    static long plus(long known, int id) {
        return (known + id + 1) * 0x9E3779B97F4A7C15L ^ (known >>> 29);
    }
}
