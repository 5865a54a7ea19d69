package dev.parley.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Written;
import dev.parley.prompt.PastTurn;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.log.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionStateTest {
    private static final Duration LEASE = PartitionFixture.SETTINGS.lease();

    private final PartitionFixture log = new PartitionFixture();

    @Test
    void of_two_messages_with_the_same_id_the_first_counts_whatever_its_session() {
        log.asked("s", "m").asked("t", "m").asked("s", "m");

        assertThat(log.state.unfinished()).hasSize(1);
        assertThat(log.state.lowestUnfinished()).isZero();
        assertThat(log.state.unfinished(PartitionFixture.session("s"))).hasSize(1);
        assertThat(log.state.unfinished(PartitionFixture.session("t"))).isEmpty();
    }

    @Test
    void the_lowest_unfinished_command_is_what_a_restart_must_read_again() {
        log.answered("s", "one", "1").asked("s", "two").answered("t", "three", "3");

        assertThat(log.state.lowestUnfinished()).isEqualTo(1);
    }

    @Test
    void a_deletion_is_unfinished_until_it_is_in_the_log() {
        log.deletionAsked("s");
        assertThat(log.state.lowestUnfinished()).isZero();

        log.deleted("s");
        assertThat(log.state.lowestUnfinished()).isNull();
    }

    @Test
    void events_and_their_command_may_be_read_in_any_order() {
        log.started("s", "m", "a")
                .said("s", "m", "a", 1, "x")
                .ended("s", "m", "a", 2)
                .asked("s", "m");

        assertThat(log.decide("m")).isEqualTo(new Decision.Skip());
        assertThat(log.state.unfinished()).isEmpty();
        assertThat(log.state.past(PartitionFixture.session("s"), PartitionFixture.id("next")))
                .extracting(PastTurn::message, PastTurn::answer)
                .containsExactly(tuple(PartitionFixture.message("m"), "x"));
    }

    @Test
    void many_stops_do_not_make_a_finished_stream_unknown() {
        log.started("s", "m", "a").ended("s", "m", "a", 1).stopAsked("s", "m");
        IntStream.range(0, 20).forEach(i -> log.stopAsked("s", "other" + i));
        log.asked("s", "m");

        assertThat(log.decide("m")).isEqualTo(new Decision.Skip());
    }

    @Test
    void a_repeat_whose_stream_is_over_interrupts_no_other_message() {
        log.started("s", "m", "a").ended("s", "m", "a", 1).asked("s", "n").asked("s", "m", OnBusy.INTERRUPT);

        assertThat(log.turn("n").stop()).isNull();
    }

    @Test
    void the_past_of_a_message_is_the_turns_before_it() {
        log.answered("s", "one", "1")
                .answered("t", "other", "2")
                .asked("s", "two")
                .answered("s", "later", "3");

        assertThat(log.state.past(PartitionFixture.session("s"), PartitionFixture.id("two")))
                .extracting(PastTurn::answer)
                .containsExactly("1");
    }

    @Test
    void the_past_keeps_what_was_learned_of_the_user() {
        AbilityUpdated ability = new AbilityUpdated("maths", 0.5, 0.1);
        log.answered("s", "one", "1").learned("s", "two", ability);

        assertThat(log.state.past(PartitionFixture.session("s"), PartitionFixture.id("next")))
                .extracting(PastTurn::ability)
                .containsExactly(null, ability);
    }

    @Test
    void a_deletion_leaves_no_past() {
        log.answered("s", "one", "1").deletionAsked("s").deleted("s").asked("s", "two");

        assertThat(log.state.past(PartitionFixture.session("s"), PartitionFixture.id("two")))
                .isEmpty();
        assertThat(log.state.wasDeleted(PartitionFixture.session("s"))).isTrue();
    }

    @Test
    void sessions_of_which_nothing_is_left_are_forgotten_in_time() {
        for (int n = 0; n < 500; n++) {
            log.answered("s" + n, "m" + n, "1").deletionAsked("s" + n).deleted("s" + n);
        }

        assertThat(log.state.wasDeleted(PartitionFixture.session("s499"))).isTrue();
        assertThat(log.state.wasDeleted(PartitionFixture.session("s400"))).isTrue();
        assertThat(log.state.wasDeleted(PartitionFixture.session("s0"))).isFalse();
    }

    @Test
    void a_deletion_that_was_read_before_its_command_is_not_written_again() {
        log.deleted("s", 0).deletionAsked("s");

        assertThat(log.state.deletable()).isEmpty();
        assertThat(log.state.lowestUnfinished()).isNull();
        log.deletionAsked("s");
        assertThat(log.state.deletable())
                .containsExactly(new PartitionState.Deletion(1, PartitionFixture.session("s"), log.state.folded()));
    }

    @Test
    void a_deletion_that_is_written_again_deletes_nothing_that_came_since() {
        log.deletionAsked("s")
                .deleted("s", 0)
                .answered("s", "m", "text")
                .deletionAsked("s")
                .deleted("s", 0);

        assertThat(log.state.past(PartitionFixture.session("s"), PartitionFixture.id("next")))
                .hasSize(1);
        assertThat(log.state.deletable()).hasSize(1);
    }

    @Test
    void records_of_streams_from_before_the_state_began_leave_no_turn() {
        Verdict verdict = log.takenOver("s", "m", 2, "b");

        assertThat(verdict).isEqualTo(new Verdict.Dropped(DropReason.NOT_STARTED));
        assertThat(log.state.find(PartitionFixture.id("m"))).isNull();
    }

    @Test
    void finished_turns_keep_their_text_within_bounds_and_their_id_for_longer() {
        PartitionFixture small =
                new PartitionFixture(new PartitionState.Bounds(100_000, 2, 3, 10, PartitionFixture.MEMORY, LEASE));
        IntStream.range(0, 10).forEach(i -> small.answered("s", "m" + i, "x"));

        assertThat(small.state.past(PartitionFixture.session("s"), PartitionFixture.id("next")))
                .hasSize(2);
        assertThat(small.state.find(PartitionFixture.id("m0"))).isNull();
        assertThat(small.decide("m5")).isEqualTo(new Decision.Skip());
        small.asked("s", "m5");
        assertThat(small.state.unfinished()).isEmpty();
    }

    @Test
    void idle_sessions_are_forgotten_when_there_is_too_much_text() {
        PartitionFixture small =
                new PartitionFixture(new PartitionState.Bounds(3_000, 10, 100, 10, PartitionFixture.MEMORY, LEASE));
        small.asked("busy", "b");
        IntStream.range(0, 20).forEach(i -> small.answered("s" + i, "m" + i, "x".repeat(400)));

        long remembered = IntStream.range(0, 20)
                .filter(i -> !small.state
                        .past(PartitionFixture.session("s" + i), PartitionFixture.id("next"))
                        .isEmpty())
                .count();
        assertThat(remembered).isBetween(1L, 2L);
        assertThat(small.decide("b")).isEqualTo(new Decision.Start(false));
    }

    @Test
    void the_elapsed_time_of_a_stream_is_that_between_its_records() {
        log.asked("s", "m").started("s", "m", "a").later(Duration.ofSeconds(2));
        log.keptAlive("s", "m", "a").later(Duration.ofSeconds(2)).said("s", "m", "a", 1, "x");

        assertThat(log.turn("m").elapsedMs()).isEqualTo(4_000);
        assertThat(log.turn("m").written().firstTokenMs()).isEqualTo(4_000);
    }

    @Test
    void by_the_brokers_clock_a_pause_counts_in_full_however_long_a_takeover_took() {
        log.asked("s", "m").started("s", "m", "a").later(LEASE.multipliedBy(3));
        log.said("s", "m", "a", 1, "x").later(Duration.ofHours(-1)).said("s", "m", "a", 2, "y");

        assertThat(log.turn("m").elapsedMs()).isEqualTo(LEASE.toMillis() * 3);
    }

    @Test
    void a_writers_clock_that_jumps_adds_at_most_a_lease() {
        log.onWritersClocks();
        log.asked("s", "m").started("s", "m", "a").later(Duration.ofSeconds(1));
        log.later(Duration.ofHours(2)).said("s", "m", "a", 1, "x");
        log.later(Duration.ofHours(-4)).said("s", "m", "a", 2, "y");
        log.later(Duration.ofSeconds(1)).said("s", "m", "a", 3, "z");

        assertThat(log.turn("m").elapsedMs()).isEqualTo(LEASE.toMillis() + 1_000);
    }

    @Test
    void the_message_counts_as_well_as_its_answer() {
        PartitionFixture small =
                new PartitionFixture(new PartitionState.Bounds(10_000, 100, 100, 10, PartitionFixture.MEMORY, LEASE));
        IntStream.range(0, 50).forEach(i -> small.answered("s" + i, "m" + i, "x"));

        int kept = IntStream.range(0, 50)
                .mapToObj(i -> small.state.past(PartitionFixture.session("s" + i), PartitionFixture.id("next")))
                .flatMap(List::stream)
                .mapToInt(PastTurn::chars)
                .sum();
        assertThat(kept).isBetween(PartitionFixture.MESSAGE_CHARS, 10_000 / 2);
    }

    @Test
    void the_texts_of_a_finished_turn_are_kept_once() {
        log.answered("s", "one", "1").asked("s", "one");
        log.started("s", "two", "a").ended("s", "two", "a", 1).asked("s", "two");

        assertThat(log.turn("one")).satisfies(PartitionStateTest::hasDroppedItsTexts);
        assertThat(log.turn("two")).satisfies(PartitionStateTest::hasDroppedItsTexts);
    }

    private static void hasDroppedItsTexts(TurnState turn) {
        assertThat(turn.command()).isNull();
        assertThat(turn.written()).isSameAs(Written.NOTHING);
    }

    @Test
    void repeats_of_finished_streams_are_forgotten_like_finished_turns() {
        PartitionFixture small =
                new PartitionFixture(new PartitionState.Bounds(100_000, 2, 3, 10, PartitionFixture.MEMORY, LEASE));
        IntStream.range(0, 10).forEach(i -> {
            small.asked("s", "m" + i);
            small.state.markRepeat(small.turn("m" + i), small.now());
        });

        assertThat(small.state.find(PartitionFixture.id("m0"))).isNull();
        assertThat(small.turn("m9").command()).isNull();
        assertThat(small.decide("m9")).isEqualTo(new Decision.Skip());
    }

    @Test
    void a_stream_whose_end_is_read_after_it_was_marked_as_a_repeat_is_kept_as_a_past_turn() {
        log.asked("s", "m").started("s", "m", "a");
        log.state.markRepeat(log.turn("m"), log.now());
        log.said("s", "m", "a", 1, "x").ended("s", "m", "a", 2);

        assertThat(log.state.past(PartitionFixture.session("s"), PartitionFixture.id("next")))
                .extracting(PastTurn::answer)
                .containsExactly("x");
    }

    @Test
    void stops_for_messages_that_never_come_are_bounded() {
        IntStream.range(0, 100).forEach(i -> log.stopAsked("s", "m" + i));

        assertThat(log.state.find(PartitionFixture.id("m0"))).isNull();
        assertThat(log.state.find(PartitionFixture.id("m99"))).isNotNull();
    }

    @Test
    void an_id_is_new_again_once_the_deletion_of_its_session_is_in_the_log() {
        log.asked("s", "m").started("s", "m", "a").ended("s", "m", "a", 1);
        log.deletionAsked("s").asked("s", "m");
        assertThat(log.state.unfinished()).extracting(TurnState::id).containsExactly(PartitionFixture.id("m"));

        log.deleted("s", 1);

        assertThat(log.turn("m").command()).isNotNull();
        assertThat(log.decide("m")).isEqualTo(new Decision.Start(false));
    }

    @Test
    void an_id_of_a_deleted_session_that_is_asked_for_in_another_session_waits_for_the_deletion_too() {
        log.asked("s", "m").started("s", "m", "a").ended("s", "m", "a", 1);
        log.deletionAsked("s").asked("t", "m");
        assertThat(log.decide("m")).isEqualTo(new Decision.Skip());

        log.deleted("s", 1);

        assertThat(log.decide("m")).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_stop_of_a_deleted_conversation_does_not_stop_the_id_when_it_is_new_again() {
        log.stopAsked("s", "m").deletionAsked("s").deleted("s", 1).asked("s", "m");

        assertThat(log.decide("m")).isEqualTo(new Decision.Start(false));
    }
}
