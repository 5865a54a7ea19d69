package dev.parley.schema.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.log.SessionLog.Deletion;
import dev.parley.schema.log.SessionLog.Deletion.Effect;
import dev.parley.schema.log.Verdict.Dropped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SessionLogTest {

    private static final Claim CLAIM = new Claim(1, "a");
    private static final int HISTORIES = 20_000;
    private static final Claim OTHER = new Claim(1, "b");
    private static final SessionKey SESSION = SessionKey.of("u", "s");

    @Test
    void a_start_whose_writer_had_folded_all_before_the_reader_opens_the_stream() {
        assertThat(SessionLog.readFrom(10).accept(StreamLog.EMPTY, start(9)).after(StreamLog.EMPTY))
                .isInstanceOf(StreamLog.Open.class);
        assertThat(SessionLog.readFrom(0).accept(StreamLog.EMPTY, start(-1)).after(StreamLog.EMPTY))
                .isInstanceOf(StreamLog.Open.class);
    }

    @Test
    void a_start_that_may_be_a_second_one_makes_the_stream_unknown_whatever_follows() {
        SessionLog session = SessionLog.readFrom(10);

        Verdict verdict = session.accept(StreamLog.EMPTY, start(8));
        StreamLog after = verdict.after(StreamLog.EMPTY);

        assertThat(verdict).isEqualTo(new Dropped(DropReason.UNKNOWN_START));
        assertThat(after).isEqualTo(StreamLog.UNKNOWN);
        assertThat(session.accept(after, start(9)).after(after)).isEqualTo(StreamLog.UNKNOWN);
        assertThat(session.accept(after, new Entry.Event(CLAIM, 1)).after(after))
                .isEqualTo(StreamLog.UNKNOWN);
    }

    @Test
    void a_start_without_the_header_follows_the_rule_of_the_stream_only() {
        assertThat(SessionLog.readFrom(10).accept(StreamLog.EMPTY, new Entry.Start(CLAIM)))
                .isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void ids_of_a_deleted_session_are_new_again_for_writers_that_folded_the_deletion() {
        Deletion deletion = SessionLog.readFrom(0).deleted(3L, 19L, 20);
        StreamLog over = deletion.after(new StreamLog.Over(CLAIM, 4));

        assertThat(over).isEqualTo(StreamLog.DELETED);
        assertThat(deletion.after().accept(over, start(19))).isEqualTo(new Dropped(DropReason.BEFORE_DELETION));
        assertThat(deletion.after().accept(StreamLog.EMPTY, start(19)))
                .isEqualTo(new Dropped(DropReason.BEFORE_DELETION));
        assertThat(deletion.after().accept(over, start(20))).isInstanceOf(Verdict.Accepted.class);
        assertThat(deletion.after().accept(over, new Entry.Event(CLAIM, 4)))
                .isEqualTo(new Dropped(DropReason.NOT_STARTED));
    }

    @Test
    void after_a_deletion_a_start_without_the_header_opens_only_ids_that_were_never_started() {
        Deletion deletion = SessionLog.readFrom(0).deleted(3L, null, 20);

        assertThat(deletion.after()
                        .accept(
                                deletion.after(new StreamLog.Open(CLAIM, 2, false, Entry.NOT_STATED)),
                                new Entry.Start(OTHER)))
                .isEqualTo(new Dropped(DropReason.BEFORE_DELETION));
        assertThat(deletion.after().accept(StreamLog.EMPTY, new Entry.Start(OTHER)))
                .isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void a_late_takeover_of_a_deleted_stream_does_not_move_the_new_one_of_its_id() {
        Deletion deletion = SessionLog.readFrom(0).deleted(3L, 19L, 20);
        StreamLog over = deletion.after(new StreamLog.Over(CLAIM, 4));
        StreamLog anew = deletion.after().accept(over, start(20)).after(over);
        Claim second = new Claim(2, "c");

        assertThat(deletion.after().accept(anew, new Entry.Takeover(second, 19)))
                .isEqualTo(new Dropped(DropReason.BEFORE_DELETION));
        assertThat(deletion.after().accept(anew, new Entry.Takeover(second, 20)))
                .isEqualTo(new Dropped(DropReason.BEFORE_DELETION));
        assertThat(deletion.after().accept(anew, new Entry.Takeover(second, 21)))
                .isEqualTo(new Verdict.Accepted(new StreamLog.Open(second, 1, false, 20)));
    }

    @Test
    void a_takeover_without_the_header_follows_the_rule_of_the_stream_only() {
        StreamLog open =
                SessionLog.readFrom(0).accept(StreamLog.EMPTY, start(7)).after(StreamLog.EMPTY);

        assertThat(open.accept(new Entry.Takeover(new Claim(2, "c")))).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void a_repeated_deletion_changes_nothing() {
        Deletion first = SessionLog.readFrom(0).deleted(3L, 19L, 20);
        StreamLog begunAnew = new StreamLog.Open(CLAIM, 2, false, Entry.NOT_STATED);

        Deletion second = first.after().deleted(3L, 19L, 25);

        assertThat(second.effect()).isEqualTo(Effect.REPEATED);
        assertThat(second.after(begunAnew)).isEqualTo(begunAnew);
        assertThat(second.after().accept(StreamLog.DELETED, start(20))).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void a_deletion_that_may_repeat_one_before_the_reader_began_keeps_the_accepted_streams() {
        Deletion perhapsSecond = SessionLog.readFrom(22).deleted(3L, 19L, 25);
        StreamLog running = new StreamLog.Open(CLAIM, 2, false, Entry.NOT_STATED);

        assertThat(perhapsSecond.after(running)).isEqualTo(running);
        assertThat(perhapsSecond.after().accept(StreamLog.EMPTY, start(22)))
                .isEqualTo(new Dropped(DropReason.UNKNOWN_START));
        assertThat(perhapsSecond.after().accept(StreamLog.EMPTY, start(25))).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void after_forgetting_a_deletion_the_reader_behaves_as_if_it_had_begun_after_it() {
        SessionLogs sessions = new SessionLogs(0, 1);
        sessions.deleted(SESSION, 3L, 19L, 20);
        sessions.deleted(SessionKey.of("u", "other"), 4L, 20L, 21);

        assertThat(sessions.accept(SESSION, StreamLog.EMPTY, start(19)))
                .isEqualTo(new Dropped(DropReason.UNKNOWN_START));
        assertThat(sessions.accept(SESSION, StreamLog.EMPTY, start(20))).isInstanceOf(Verdict.Accepted.class);
    }

    /** The rule that a reader applies: the correct one, or one with a mistake. */
    private enum Rule {
        CORRECT,
        /** A start counts no matter where its reader began. */
        STARTS_BEFORE_THE_READER_FORGOTTEN,
        /** A start counts though its writer had not read the deletion. */
        STARTS_OF_DELETED_STREAMS_COUNT,
        /** A takeover counts though its writer had not read the stream's start. */
        TAKEOVERS_OF_DELETED_STREAMS_COUNT,
        /** A repeated deletion deletes again. */
        DELETIONS_COUNT_TWICE,
        /** A deletion that may be a repetition deletes streams that the reader has accepted. */
        LATE_READERS_DELETE_WHAT_THEY_ACCEPTED,
        /** A deletion that may be a repetition does not affect later starts. */
        PERHAPS_DELETED_FORGOTTEN,
        /** Deletions are ignored. */
        DELETIONS_IGNORED;

        Verdict accept(SessionLog session, StreamLog stream, Entry entry) {
            return switch (this) {
                case STARTS_BEFORE_THE_READER_FORGOTTEN ->
                    new SessionLog(0, session.deletedCommand(), session.deletedAt(), session.perhapsDeletedAt())
                            .accept(stream, entry);
                case STARTS_OF_DELETED_STREAMS_COUNT ->
                    new SessionLog(
                                    session.readFrom(),
                                    session.deletedCommand(),
                                    SessionLog.NONE,
                                    session.perhapsDeletedAt())
                            .accept(stream, entry);
                case TAKEOVERS_OF_DELETED_STREAMS_COUNT ->
                    session.accept(
                            stream,
                            entry instanceof Entry.Takeover(Claim claim, long _) ? new Entry.Takeover(claim) : entry);
                case PERHAPS_DELETED_FORGOTTEN ->
                    new SessionLog(session.readFrom(), session.deletedCommand(), session.deletedAt(), SessionLog.NONE)
                            .accept(stream, entry);
                case CORRECT, DELETIONS_COUNT_TWICE, LATE_READERS_DELETE_WHAT_THEY_ACCEPTED, DELETIONS_IGNORED ->
                    session.accept(stream, entry);
            };
        }

        Deletion deleted(SessionLog session, long command, long folded, long offset) {
            return switch (this) {
                case DELETIONS_IGNORED -> new Deletion(session, Effect.REPEATED);
                case DELETIONS_COUNT_TWICE -> session.deleted(null, folded, offset);
                case LATE_READERS_DELETE_WHAT_THEY_ACCEPTED -> {
                    Deletion right = session.deleted(command, folded, offset);
                    yield right.effect() == Effect.UNKNOWN ? new Deletion(right.after(), Effect.RESET) : right;
                }
                case CORRECT,
                        STARTS_BEFORE_THE_READER_FORGOTTEN,
                        STARTS_OF_DELETED_STREAMS_COUNT,
                        TAKEOVERS_OF_DELETED_STREAMS_COUNT,
                        PERHAPS_DELETED_FORGOTTEN -> session.deleted(command, folded, offset);
            };
        }
    }

    /**
     * One stream of one session is started, taken over, deleted and started again by writers that read the log late and write records twice. A
     * reader that began at any offset accepts only records that the reader of the whole log accepts, and the writer of each accepted record knew
     * the stream that the record counts for.
     */
    @Test
    void readers_that_began_at_any_offset_accept_only_what_the_reader_of_the_whole_log_accepts() {
        long seed = seed();
        for (int history = 0; history < HISTORIES; history++) {
            assertThat(wrong(Rule.CORRECT, seed + history)).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CORRECT")
    void a_mistake_in_the_rule_is_detected(Rule rule) {
        long seed = seed();
        for (int history = 0; history < HISTORIES; history++) {
            String wrong = wrong(rule, seed + history);
            if (wrong != null) {
                System.out.printf("%s: found in history %d%n", rule, history + 1);
                return;
            }
        }
        fail("no history of %d from -Dparley.seed=%d shows what is wrong with %s", HISTORIES, seed, rule);
    }

    private static long seed() {
        return Long.getLong("parley.seed", System.nanoTime());
    }

    /** The fault in a history whose readers apply the rule; null if there is none. */
    private static @Nullable String wrong(Rule rule, long seed) {
        List<Item> log = log(new SplittableRandom(seed));
        List<@Nullable Claim> all = accepted(rule, log, 0);
        int life = 0;
        boolean started = false;
        Set<Long> deletions = new HashSet<>();
        for (int i = 0; i < log.size(); i++) {
            switch (log.get(i)) {
                case Item.Deleted(long command, long _) -> {
                    if (deletions.add(command)) {
                        life++;
                        started = false;
                    }
                }
                case Item.OfStream(Entry entry, int knownLife) -> {
                    if (entry instanceof Entry.Start && knownLife == life && !started) {
                        started = true;
                        if (all.get(i) == null) {
                            return told(seed, 0, i, log) + ": the first start of a life does not count";
                        }
                    }
                    if (all.get(i) != null && knownLife != life) {
                        return told(seed, 0, i, log) + ": its writer knew life " + knownLife + " and it is " + life;
                    }
                }
            }
        }
        for (int from = 1; from < log.size(); from++) {
            List<@Nullable Claim> late = accepted(rule, log, from);
            for (int i = 0; i < late.size(); i++) {
                if (late.get(i) != null && !late.get(i).equals(all.get(from + i))) {
                    return told(seed, from, from + i, log);
                }
                if (late.get(i) == null && all.get(from + i) != null && follows(log, late, from, i)) {
                    return told(seed, from, from + i, log) + ": the reader accepted the start and not this";
                }
            }
        }
        return null;
    }

    /** Whether the reader has accepted the start of the stream that a record belongs to. */
    private static boolean follows(List<Item> log, List<@Nullable Claim> late, int from, int at) {
        if (!(log.get(from + at) instanceof Item.OfStream(Entry _, int life))) {
            return false;
        }
        for (int i = 0; i < at; i++) {
            if (late.get(i) != null
                    && log.get(from + i) instanceof Item.OfStream(Entry.Start _, int startedLife)
                    && startedLife == life) {
                return true;
            }
        }
        return false;
    }

    private static String told(long seed, int from, int offset, List<Item> log) {
        return "-Dparley.seed=%d, reader from %d, offset %d of %s".formatted(seed, from, offset, log);
    }

    private sealed interface Item {
        /** @param life how many deletions its writer had read */
        record OfStream(Entry entry, int life) implements Item {}

        record Deleted(long command, long folded) implements Item {}
    }

    /** The claim of the accepted record at each offset, or null. */
    private static List<@Nullable Claim> accepted(Rule rule, List<Item> log, int from) {
        SessionLog session = SessionLog.readFrom(from);
        StreamLog stream = StreamLog.EMPTY;
        List<@Nullable Claim> accepted = new ArrayList<>();
        for (int offset = from; offset < log.size(); offset++) {
            switch (log.get(offset)) {
                case Item.OfStream(Entry entry, int _) -> {
                    Verdict verdict = rule.accept(session, stream, entry);
                    stream = verdict.after(stream);
                    accepted.add(verdict instanceof Verdict.Accepted ? entry.claim() : null);
                }
                case Item.Deleted(long command, long folded) -> {
                    Deletion deletion = rule.deleted(session, command, folded, offset);
                    stream = deletion.after(stream);
                    session = deletion.after();
                    accepted.add(null);
                }
            }
        }
        return accepted;
    }

    /**
     * Each writer folds a prefix of the log and acts on it: it starts the stream if it is not started, continues it if it has its own claim, takes
     * it over if it has another one, and deletes it if it is over. All of these records are therefore also written twice and late.
     */
    private static List<Item> log(RandomGenerator random) {
        List<Item> log = new ArrayList<>();
        int length = 4 + random.nextInt(24);
        while (log.size() < length) {
            int prefix = Math.max(0, log.size() - random.nextInt(random.nextInt(4) == 0 ? 12 : 5));
            SessionLog session = SessionLog.readFrom(0);
            StreamLog stream = StreamLog.EMPTY;
            long deletions = 0;
            for (int offset = 0; offset < prefix; offset++) {
                switch (log.get(offset)) {
                    case Item.OfStream(Entry entry, int _) ->
                        stream = session.accept(stream, entry).after(stream);
                    case Item.Deleted(long command, long folded) -> {
                        Deletion deletion = session.deleted(command, folded, offset);
                        stream = deletion.after(stream);
                        session = deletion.after();
                        deletions = Math.max(deletions, command);
                    }
                }
            }
            log.add(next(stream, prefix - 1L, deletions, log.size(), random.nextInt(4) == 0));
        }
        return log;
    }

    private static Item next(StreamLog stream, long folded, long deletions, int n, boolean takesOver) {
        int life = (int) deletions;
        return switch (stream) {
            case StreamLog.NotStarted _, StreamLog.Deleted _, StreamLog.Unknown _ ->
                new Item.OfStream(new Entry.Start(new Claim(1, "c" + n), folded), life);
            case StreamLog.Open open
            when takesOver ->
                new Item.OfStream(new Entry.Takeover(new Claim(open.current().attempt() + 1, "c" + n), folded), life);
            case StreamLog.Open open
            when open.length() < 3 -> new Item.OfStream(new Entry.Event(open.current(), open.length()), life);
            case StreamLog.Open open -> new Item.OfStream(new Entry.Terminal(open.current(), open.length()), life);
            case StreamLog.Over _ -> new Item.Deleted(deletions + 1, folded);
        };
    }

    private static Entry start(long folded) {
        return new Entry.Start(CLAIM, folded);
    }
}
