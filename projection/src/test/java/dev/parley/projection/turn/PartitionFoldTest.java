package dev.parley.projection.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.projection.turn.PartitionFold.Reading;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.Title;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.DropReason;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.Outcome;
import dev.parley.store.turn.Turn;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionFoldTest {

    private static final Duration LONGEST = Duration.ofHours(1);
    private static final SessionKey SESSION = SessionKey.of("ann", "s1");
    private static final StreamId FIRST = StreamId.of("ann", "m1");
    private static final StreamId SECOND = StreamId.of("ann", "m2");
    private static final Claim CLAIM = new Claim(1, "a");

    private final TestLog log = new TestLog();
    private final PartitionFold fold = new PartitionFold(LONGEST);

    @Test
    void a_reader_has_to_restart_where_the_oldest_unfinished_turn_began() {
        start(FIRST);
        start(SECOND);
        say(FIRST, 1, "x");
        readAll();

        assertThat(fold.restartAt(3)).isZero();

        fold.discard(FIRST);
        assertThat(fold.restartAt(3)).isEqualTo(1);

        fold.discard(SECOND);
        assertThat(fold.restartAt(3)).isEqualTo(3);
    }

    @Test
    void a_record_that_was_read_before_changes_nothing() {
        start(FIRST);
        say(FIRST, 1, "x");
        readAll();
        List<Turn> before = List.copyOf(fold.open());

        assertThat(log.all()).allSatisfy(record -> assertThat(fold.read(record)).isEqualTo(new Reading.Repeated()));
        assertThat(fold.open()).isEqualTo(before);
        assertThat(fold.steps()).hasSize(1);
    }

    @Test
    void a_stream_without_an_end_is_given_up_and_what_comes_later_of_it_does_not_count() {
        start(FIRST);
        say(FIRST, 1, "half");
        log.at(TestLog.BEGIN.plus(LONGEST));
        start(SECOND);
        readAll();
        assertThat(fold.over()).isEmpty();

        log.at(TestLog.BEGIN.plus(LONGEST).plusMillis(1));
        say(FIRST, 2, "late");
        Reading late = fold.read(log.get(log.size() - 1));

        assertThat(late).isEqualTo(new Reading.Dropped(DropReason.AFTER_END));
        assertThat(fold.over()).singleElement().satisfies(turn -> {
            assertThat(turn.answer().text().joined()).isEqualTo("half");
            assertThat(turn.outcome())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.failure().code()).isEqualTo(ErrorCode.WORKER_LOST));
        });
        assertThat(fold.open()).extracting(Turn::stream).containsExactly(SECOND);
    }

    @Test
    void a_deletion_deletes_the_unfinished_turns_of_its_session_and_no_others() {
        SessionKey other = SessionKey.of("ann", "s2");
        start(FIRST);
        log.event(other, CLAIM, TestLog.start(other, SECOND, "hi", log.now()));
        log.deletion(SESSION);
        say(FIRST, 1, "late");
        readAll();

        assertThat(fold.over()).singleElement().satisfies(turn -> {
            assertThat(turn.stream()).isEqualTo(FIRST);
            assertThat(turn.outcome()).isInstanceOf(Outcome.Deleted.class);
            assertThat(turn.question().message()).isEmpty();
            assertThat(turn.trace().lastOffset()).isEqualTo(2);
        });
        assertThat(fold.open()).extracting(Turn::stream).containsExactly(SECOND);
    }

    @Test
    void a_late_takeover_of_a_deleted_turn_does_not_take_over_the_new_turn_of_its_id() {
        start(FIRST);
        log.deletion(SESSION, 5);
        log.start(SESSION, new Claim(1, "b"), TestLog.start(SESSION, FIRST, "again", log.now()), 1);
        log.takeover(SESSION, FIRST, new Claim(2, "late"), 0);
        log.takeover(SESSION, FIRST, new Claim(2, "right"), 2);
        log.event(SESSION, new Claim(2, "right"), new ContentChunk(FIRST.message(), 1, "new", false, null));
        List<Reading> readings = log.all().stream().map(fold::read).toList();

        assertThat(readings.get(3)).isEqualTo(new Reading.Dropped(DropReason.BEFORE_DELETION));
        assertThat(fold.open()).singleElement().satisfies(turn -> {
            assertThat(turn.answer().text().joined()).isEqualTo("new");
            assertThat(turn.trace().attempts()).isEqualTo(2);
        });
    }

    @Test
    void each_start_and_each_end_is_one_step_of_the_conversation() {
        start(FIRST);
        start(FIRST);
        start(SECOND);
        readAll();

        assertThat(fold.steps()).extracting(ConversationStep::offset).containsExactly(0L, 2L);
        fold.written();
        assertThat(fold.steps()).isEmpty();
    }

    @Test
    void a_repeated_deletion_does_not_delete_what_began_since() {
        log.deletion(SESSION, 5);
        start(FIRST);
        log.deletion(SESSION, 5);
        log.deletion(SESSION, 4);
        say(FIRST, 1, "kept");
        readAll();

        assertThat(fold.over()).isEmpty();
        assertThat(fold.open())
                .singleElement()
                .satisfies(turn -> assertThat(turn.answer().text().joined()).isEqualTo("kept"));
        assertThat(fold.steps()).extracting(ConversationStep::offset).containsExactly(0L, 1L);
    }

    @Test
    void a_reader_that_begins_after_a_deletion_knows_it_from_the_store_and_no_later_one() {
        start(FIRST);
        log.deletion(SESSION, 5);
        fold.knowDeletions(SESSION, List.of(new AppliedDeletion(5, 1), new AppliedDeletion(6, 9)));
        readAll();
        assertThat(fold.over()).hasSize(1);

        PartitionFold later = new PartitionFold(LONGEST);
        later.knowDeletions(SESSION, List.of(new AppliedDeletion(5, -3)));
        log.all().forEach(later::read);
        assertThat(later.over()).isEmpty();
        assertThat(later.open()).hasSize(1);
    }

    @Test
    void without_room_a_text_is_counted_and_taken_from_its_end_and_an_end_frees_room() {
        TextBudget budget = new TextBudget(4);
        PartitionFold bounded = new PartitionFold(LONGEST, budget);
        start(FIRST);
        say(FIRST, 1, "held");
        say(FIRST, 2, " not held");
        log.all().forEach(bounded::read);
        Turn running = bounded.open().iterator().next();

        assertThat(running.answer().text().joined()).isEqualTo("held");
        assertThat(running.answer().text().length()).isEqualTo(13);
        assertThat(budget.heldChars()).isEqualTo(4);

        var failure = new Failure(ErrorCode.INTERNAL_ERROR, "no", null, false);
        log.event(
                SESSION,
                CLAIM,
                new StreamError(FIRST.message(), 3, SESSION.session(), log.now(), "ai", failure, "held not held"));
        bounded.read(log.get(log.size() - 1));

        assertThat(bounded.over()).singleElement().satisfies(turn -> {
            assertThat(turn.answer().text().joined()).isEqualTo("held not held");
            assertThat(turn.trace().degraded()).isFalse();
        });
        assertThat(budget.heldChars()).isZero();
    }

    @Test
    void a_title_is_the_first_message_on_one_line_and_short() {
        assertThat(Title.of("  Hello\n\tthere\u00a0you ")).isEqualTo("Hello there you");
        assertThat(Title.of("x".repeat(80))).hasSize(80).doesNotContain("…");
        assertThat(Title.of("x".repeat(81))).hasSize(80).endsWith("x…");
        assertThat(Title.of("x".repeat(78) + "😀" + "y")).isEqualTo("x".repeat(78) + "…");
        assertThat(Title.of("\n")).isEmpty();
    }

    private void start(StreamId stream) {
        log.event(SESSION, CLAIM, TestLog.start(SESSION, stream, "hi", log.now()));
    }

    private void say(StreamId stream, long seq, String text) {
        log.event(SESSION, CLAIM, new ContentChunk(stream.message(), seq, text, false, null));
    }

    private void readAll() {
        log.all().forEach(fold::read);
    }
}
