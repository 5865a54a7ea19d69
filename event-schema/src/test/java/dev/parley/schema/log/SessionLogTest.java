package dev.parley.schema.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.log.SessionLog.Deletion;
import dev.parley.schema.log.SessionLog.Deletion.Effect;
import dev.parley.schema.log.Verdict.Dropped;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionLogTest {

    private static final Claim CLAIM = new Claim(1, "a");
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
    void a_start_without_the_header_is_judged_as_before() {
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
    void a_takeover_without_the_header_is_judged_as_before() {
        StreamLog open =
                SessionLog.readFrom(0).accept(StreamLog.EMPTY, start(7)).after(StreamLog.EMPTY);

        assertThat(open.accept(new Entry.Takeover(new Claim(2, "c")))).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void a_deletion_that_is_written_again_changes_nothing() {
        Deletion first = SessionLog.readFrom(0).deleted(3L, 19L, 20);
        StreamLog begunAnew = new StreamLog.Open(CLAIM, 2, false, Entry.NOT_STATED);

        Deletion second = first.after().deleted(3L, 19L, 25);

        assertThat(second.effect()).isEqualTo(Effect.REPEATED);
        assertThat(second.after(begunAnew)).isEqualTo(begunAnew);
        assertThat(second.after().accept(StreamLog.DELETED, start(20))).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void a_deletion_that_may_repeat_one_before_the_reader_leaves_the_streams_that_the_reader_accepted() {
        Deletion perhapsSecond = SessionLog.readFrom(22).deleted(3L, 19L, 25);
        StreamLog running = new StreamLog.Open(CLAIM, 2, false, Entry.NOT_STATED);

        assertThat(perhapsSecond.after(running)).isEqualTo(running);
        assertThat(perhapsSecond.after().accept(StreamLog.EMPTY, start(22)))
                .isEqualTo(new Dropped(DropReason.UNKNOWN_START));
        assertThat(perhapsSecond.after().accept(StreamLog.EMPTY, start(25))).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void for_a_session_whose_deletion_was_forgotten_the_reader_is_one_that_began_after_it() {
        SessionLogs sessions = new SessionLogs(0, 1);
        sessions.deleted(SESSION, 3L, 19L, 20);
        sessions.deleted(SessionKey.of("u", "other"), 4L, 20L, 21);

        assertThat(sessions.accept(SESSION, StreamLog.EMPTY, start(19)))
                .isEqualTo(new Dropped(DropReason.UNKNOWN_START));
        assertThat(sessions.accept(SESSION, StreamLog.EMPTY, start(20))).isInstanceOf(Verdict.Accepted.class);
    }

    /** One stream of one session, started, deleted and started again by writers that see the log late, and write twice. */
    @Test
    void readers_that_began_anywhere_accept_only_what_the_reader_of_everything_accepts() {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        for (int history = 0; history < 20_000; history++) {
            RandomGenerator random = new SplittableRandom(seed + history);
            List<Item> log = log(random);
            List<@Nullable Claim> all = accepted(log, 0);
            for (int from = 1; from < log.size(); from++) {
                List<@Nullable Claim> late = accepted(log, from);
                for (int i = 0; i < late.size(); i++) {
                    assertThat(late.get(i))
                            .as(
                                    "-Dparley.seed=%d, reader from %d, offset %d of %s",
                                    seed + history, from, from + i, log)
                            .isIn(null, all.get(from + i));
                }
            }
        }
    }

    private sealed interface Item {
        record OfStream(Entry entry) implements Item {}

        record Deleted(long command, long folded) implements Item {}
    }

    /** The claim whose record was accepted at each offset, null where none was. */
    private static List<@Nullable Claim> accepted(List<Item> log, int from) {
        SessionLog session = SessionLog.readFrom(from);
        StreamLog stream = StreamLog.EMPTY;
        List<@Nullable Claim> accepted = new ArrayList<>();
        for (int offset = from; offset < log.size(); offset++) {
            switch (log.get(offset)) {
                case Item.OfStream(Entry entry) -> {
                    Verdict verdict = session.accept(stream, entry);
                    stream = verdict.after(stream);
                    accepted.add(verdict instanceof Verdict.Accepted ? entry.claim() : null);
                }
                case Item.Deleted(long command, long folded) -> {
                    Deletion deletion = session.deleted(command, folded, offset);
                    stream = deletion.after(stream);
                    session = deletion.after();
                    accepted.add(null);
                }
            }
        }
        return accepted;
    }

    /**
     * Each writer folds a prefix that ends somewhat before the end, and does what that calls for: starts the stream where it is not started,
     * goes on with it where it runs under its own claim, deletes it where it is over. So starts and deletions come twice, and late.
     */
    private static List<Item> log(RandomGenerator random) {
        List<Item> log = new ArrayList<>();
        int length = 4 + random.nextInt(24);
        while (log.size() < length) {
            int prefix = Math.max(0, log.size() - random.nextInt(5));
            SessionLog session = SessionLog.readFrom(0);
            StreamLog stream = StreamLog.EMPTY;
            long deletions = 0;
            for (int offset = 0; offset < prefix; offset++) {
                switch (log.get(offset)) {
                    case Item.OfStream(Entry entry) ->
                        stream = session.accept(stream, entry).after(stream);
                    case Item.Deleted(long command, long folded) -> {
                        Deletion deletion = session.deleted(command, folded, offset);
                        stream = deletion.after(stream);
                        session = deletion.after();
                        deletions = Math.max(deletions, command);
                    }
                }
            }
            log.add(next(stream, prefix - 1L, deletions + 1, log.size()));
        }
        return log;
    }

    private static Item next(StreamLog stream, long folded, long command, int n) {
        return switch (stream) {
            case StreamLog.NotStarted _, StreamLog.Deleted _, StreamLog.Unknown _ ->
                new Item.OfStream(new Entry.Start(new Claim(1, "c" + n), folded));
            case StreamLog.Open open
            when open.length() < 3 -> new Item.OfStream(new Entry.Event(open.current(), open.length()));
            case StreamLog.Open open -> new Item.OfStream(new Entry.Terminal(open.current(), open.length()));
            case StreamLog.Over _ -> new Item.Deleted(command, folded);
        };
    }

    private static Entry start(long folded) {
        return new Entry.Start(CLAIM, folded);
    }
}
