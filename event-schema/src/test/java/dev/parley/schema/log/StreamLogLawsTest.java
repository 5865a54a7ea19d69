package dev.parley.schema.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.log.Verdict.Accepted;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Laws that hold for any records in any order, including those that no correct writer would write. */
class StreamLogLawsTest {

    private static final int LOGS = 20_000;
    private static final int MAX_ENTRIES = 60;

    @Test
    void the_laws_hold_for_any_order_of_any_records() {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        for (int i = 0; i < LOGS; i++) {
            List<Entry> log = anyLog(new Random(seed + i));
            Fold fold = Fold.of(log);
            String shown = "-Dparley.seed=" + (seed + i) + " " + log;

            assertThat(fold.seqs).as(shown).isEqualTo(countingFromZero(fold.seqs.size()));
            assertThat(fold.state.length()).as(shown).isEqualTo(fold.seqs.size());
            assertThat(fold.terminals).as(shown).isLessThanOrEqualTo(1);
            assertThat(fold.acceptedAfterEnd).as(shown).isZero();
            assertThat(fold.accepted).as(shown).isEqualTo(acceptedByDefinition(log));
            assertThat(Fold.of(eachTwice(log)).accepted)
                    .as(shown)
                    .isEqualTo(fold.accepted.stream()
                            .flatMap(e -> changesNothing(e) ? Stream.of(e, e) : Stream.of(e))
                            .toList());
            assertThat(Fold.of(thenAgain(fold.accepted)).state).as(shown).isEqualTo(fold.state);
        }
    }

    /** Another formulation of the rule: it searches the whole log for each record instead of keeping a state. */
    private static List<Entry> acceptedByDefinition(List<Entry> log) {
        List<Entry> accepted = new ArrayList<>();
        for (Entry entry : log) {
            boolean over = accepted.stream().anyMatch(Entry.Terminal.class::isInstance);
            boolean started = !accepted.isEmpty();
            List<Claim> claims = accepted.stream()
                    .filter(e -> e instanceof Entry.Start || e instanceof Entry.Takeover)
                    .map(Entry::claim)
                    .toList();
            long seqs = accepted.stream().filter(StreamLogLawsTest::hasSeq).count();
            boolean counts = !over
                    && switch (entry) {
                        case Entry.Start s -> !started && s.claim().attempt() == 1;
                        case Entry.Takeover t -> started && t.claim().attempt() == claims.size() + 1;
                        case Entry.Keepalive k -> started && k.claim().equals(claims.getLast());
                        case Entry.Released r -> started && r.claim().equals(claims.getLast());
                        case Entry.Event e -> started && e.claim().equals(claims.getLast()) && e.seq() == seqs;
                        case Entry.Terminal t -> started && t.claim().equals(claims.getLast()) && t.seq() == seqs;
                    };
            if (counts) {
                accepted.add(entry);
            }
        }
        return accepted;
    }

    private static boolean hasSeq(Entry entry) {
        return entry instanceof Entry.Start || entry instanceof Entry.Event || entry instanceof Entry.Terminal;
    }

    private static List<Long> countingFromZero(int n) {
        return LongStream.range(0, n).boxed().toList();
    }

    /** Keepalives and releases may occur twice: they add no event to a stream. */
    private static boolean changesNothing(Entry entry) {
        return entry instanceof Entry.Keepalive || entry instanceof Entry.Released;
    }

    private static List<Entry> eachTwice(List<Entry> log) {
        return log.stream().flatMap(e -> Stream.of(e, e)).toList();
    }

    private static List<Entry> thenAgain(List<Entry> log) {
        return Stream.concat(log.stream(), log.stream()).toList();
    }

    /** Mostly records that can count, so that logs become long; the rest is arbitrary. */
    private static List<Entry> anyLog(Random random) {
        List<Entry> log = new ArrayList<>();
        StreamLog state = StreamLog.EMPTY;
        int entries = 1 + random.nextInt(MAX_ENTRIES);
        while (log.size() < entries) {
            Entry entry = random.nextInt(3) > 0 ? likely(random, state) : anything(random);
            log.add(entry);
            if (state.accept(entry) instanceof Accepted accepted) {
                state = accepted.after();
            }
        }
        return log;
    }

    private static Entry likely(Random random, StreamLog state) {
        return switch (state) {
            case StreamLog.NotStarted _, StreamLog.Deleted _, StreamLog.Unknown _ ->
                new Entry.Start(new Claim(1, token(random)));
            case StreamLog.Open open ->
                switch (random.nextInt(20)) {
                    case 0 -> new Entry.Terminal(open.current(), open.length());
                    case 1, 2 -> new Entry.Takeover(new Claim(open.current().attempt() + 1, token(random)));
                    case 3 -> new Entry.Released(open.current());
                    default -> new Entry.Event(open.current(), open.length());
                };
            case StreamLog.Over over -> new Entry.Event(over.last(), over.length());
        };
    }

    private static Entry anything(Random random) {
        Claim claim = new Claim(1 + random.nextInt(3), token(random));
        long seq = random.nextInt(6);
        return switch (random.nextInt(6)) {
            case 0 -> new Entry.Start(claim);
            case 1 -> new Entry.Takeover(claim);
            case 2 -> new Entry.Keepalive(claim);
            case 3 -> new Entry.Released(claim);
            case 4 -> new Entry.Terminal(claim, seq);
            default -> new Entry.Event(claim, seq);
        };
    }

    private static String token(Random random) {
        return String.valueOf((char) ('a' + random.nextInt(3)));
    }

    /** A fold that also collects the accepted records. */
    private static final class Fold {
        private StreamLog state = StreamLog.EMPTY;
        private final List<Entry> accepted = new ArrayList<>();
        private final List<Long> seqs = new ArrayList<>();
        private int terminals;
        private int acceptedAfterEnd;

        static Fold of(List<Entry> log) {
            Fold fold = new Fold();
            for (Entry entry : log) {
                fold.add(entry);
            }
            return fold;
        }

        private void add(Entry entry) {
            if (!(state.accept(entry) instanceof Accepted yes)) {
                return;
            }
            if (terminals > 0) {
                acceptedAfterEnd++;
            }
            switch (entry) {
                case Entry.Start s -> seqs.add(0L);
                case Entry.Event e -> seqs.add(e.seq());
                case Entry.Terminal t -> {
                    seqs.add(t.seq());
                    terminals++;
                }
                case Entry.Takeover t -> {}
                case Entry.Keepalive k -> {}
                case Entry.Released r -> {}
            }
            accepted.add(entry);
            state = yes.after();
        }
    }
}
