package dev.parley.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.engine.coordinator.CoordinatorFixture.Started;
import dev.parley.engine.state.LogPosition;
import dev.parley.engine.stream.Decision;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.kafka.Topics;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Who acts for a partition, and how carefully. */
class CoordinatorTest {
    /** More than the last reserve waits. */
    private static final Duration RESERVES = CoordinatorFixture.LEASE.plusSeconds(1);

    private final CoordinatorFixture office = new CoordinatorFixture();

    private Decision.Action lastTask() {
        return office.started.getLast().task().action();
    }

    @Test
    void an_owner_starts_what_is_asked_at_once() {
        office.owns(true).later(CoordinatorFixture.LEASE).asked("m");

        assertThat(lastTask()).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_turn_is_as_old_as_the_record_of_its_command_whatever_the_gateways_clock_said() {
        office.owns(true)
                .later(CoordinatorFixture.LEASE)
                .asked("m")
                .later(CoordinatorFixture.LEASE)
                .asked("m");

        assertThat(office.started.getLast().task().turn().askedAt())
                .isEqualTo(Instant.ofEpochMilli(CoordinatorFixture.LEASE.toMillis()));
    }

    @Test
    void a_worker_that_cannot_append_starts_nothing_until_it_can() {
        office.owns(true)
                .later(CoordinatorFixture.LEASE)
                .canAppend(false)
                .asked("m")
                .later(RESERVES);
        assertThat(office.started).isEmpty();

        office.canAppend(true);
        assertThat(lastTask()).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_worker_that_cannot_append_takes_nothing_over() {
        office.owns(false).canAppend(false).asked("m").startedBy("other", "m").later(RESERVES);
        assertThat(office.started).isEmpty();

        office.canAppend(true);
        assertThat(lastTask()).isInstanceOf(Decision.TakeOver.class);
    }

    @Test
    void who_has_become_the_owner_just_now_is_careful_for_a_while() {
        office.owns(true).asked("m");
        assertThat(lastTask()).isEqualTo(new Decision.Start(true));

        office.owns(true).later(CoordinatorFixture.LEASE).owns(true).asked("n");
        assertThat(lastTask()).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_reserve_starts_it_after_a_lease_and_carefully() {
        office.owns(false).asked("m").later(CoordinatorFixture.LEASE.minusMillis(1));
        assertThat(office.started).isEmpty();

        office.later(RESERVES);
        assertThat(lastTask()).isEqualTo(new Decision.Start(true));
    }

    @Test
    void when_the_owner_says_that_it_has_left_what_waits_is_started_soon() {
        office.owns(false).asked("m").later(CoordinatorFixture.SOON);
        assertThat(office.started).isEmpty();

        office.ownerLeft();
        assertThat(lastTask()).isEqualTo(new Decision.Start(true));
    }

    @Test
    void who_has_the_partition_no_more_stands_in_behind_whoever_has_it_now() {
        office.owns(true).later(CoordinatorFixture.LEASE).owns(false).asked("m").later(CoordinatorFixture.SOON);
        assertThat(office.started).isEmpty();
        office.later(CoordinatorFixture.SOON);
        assertThat(lastTask()).isEqualTo(new Decision.Start(true));

        office.startedBy("theirs", "m").asked("n").later(CoordinatorFixture.SOON.multipliedBy(2));
        assertThat(office.started).hasSize(1);
    }

    @Test
    void who_had_to_start_one_for_a_dead_owner_starts_the_next_soon() {
        office.owns(false).asked("m").later(RESERVES).startedBy("mine", "m");
        assertThat(office.started.getLast().won).isTrue();

        office.asked("n").later(CoordinatorFixture.SOON);
        assertThat(office.started).hasSize(2);
    }

    @Test
    void who_reads_its_own_start_when_that_stream_is_over_stands_in_all_the_same() {
        office.owns(false).ownerLeft().asked("m").later(CoordinatorFixture.SOON);
        office.ended(office.started.getLast()).startedHere("m");
        office.asked("n").later(CoordinatorFixture.SOON);

        assertThat(office.started.getLast().task().stream()).isEqualTo(CoordinatorFixture.stream("n"));
    }

    @Test
    void who_hears_another_start_one_leaves_the_next_to_that_one() {
        office.owns(false).ownerLeft().asked("m").startedBy("theirs", "m");
        office.asked("n").later(CoordinatorFixture.SOON);

        assertThat(office.started.stream().filter(active -> !active.lost)).isEmpty();
    }

    @Test
    void what_was_on_its_way_when_its_writer_left_is_no_sign_that_it_is_there() {
        office.owns(false).asked("m").leftBy(CoordinatorFixture.OTHER).startedBy("theirs", "m");
        office.asked("n").later(CoordinatorFixture.SOON);
        assertThat(office.started.getLast().lost).isFalse();

        office.startedBy("mine", "n").later(CoordinatorFixture.LEASE).startedBy("theirs", "o");
        office.asked("p").later(CoordinatorFixture.SOON);
        assertThat(office.started.getLast().task().stream()).isNotEqualTo(CoordinatorFixture.stream("p"));
    }

    @Test
    void who_had_to_take_one_over_stands_in_for_its_writer() {
        office.owns(false).asked("m").startedBy("theirs", "m").later(RESERVES);
        assertThat(lastTask()).isInstanceOf(Decision.TakeOver.class);
        office.takenOverBy("mine", "m").asked("n").later(CoordinatorFixture.SOON);

        assertThat(lastTask()).isEqualTo(new Decision.Start(true));
    }

    @Test
    void who_does_not_hear_the_log_takes_nobody_for_dead() {
        office.owns(false).asked("m").startedBy("theirs", "m").hears(false).later(RESERVES.multipliedBy(5));
        assertThat(office.started).isEmpty();

        office.hears(true).later(CoordinatorFixture.LEASE);
        assertThat(office.started).isEmpty();

        office.later(RESERVES.minus(CoordinatorFixture.LEASE));
        assertThat(lastTask()).isInstanceOf(Decision.TakeOver.class);
    }

    @Test
    void what_it_reads_first_when_it_hears_the_log_again_it_starts_with_care() {
        office.owns(true)
                .later(RESERVES)
                .hears(false)
                .later(RESERVES)
                .hears(true)
                .asked("m");

        assertThat(lastTask()).isEqualTo(new Decision.Start(true));
    }

    @Test
    void what_trips_the_desk_holds_up_nothing_else_and_is_tried_again() {
        office.owns(false).askedElsewhere("a", "m").askedElsewhere("b", "n").askedElsewhere("c", "o");
        office.stumbles = true;
        assertThatThrownBy(() -> office.owns(true)).hasMessage("a bug");

        assertThat(office.started)
                .extracting(active -> active.task().stream())
                .containsExactly(CoordinatorFixture.stream("n"), CoordinatorFixture.stream("o"));
        office.later(Duration.ofSeconds(1));
        assertThat(office.started.getLast().task().stream()).isEqualTo(CoordinatorFixture.stream("m"));
    }

    @Test
    void nor_does_what_trips_it_before_it_comes_to_the_others() {
        office.owns(false)
                .asked("m")
                .startedBy("theirs", "m")
                .asked("no", OnBusy.REJECT)
                .askedElsewhere("b", "n");
        office.later(CoordinatorFixture.SOON);
        office.stumbles = true;
        assertThatThrownBy(() -> office.owns(true)).hasMessage("a bug");

        assertThat(office.started)
                .extracting(active -> active.task().stream())
                .containsExactly(CoordinatorFixture.stream("n"));
        office.later(Duration.ofSeconds(1));
        assertThat(lastTask()).isEqualTo(new Decision.Reject(ErrorCode.SESSION_BUSY));
    }

    @Test
    void an_owner_deletes_at_once_and_once() {
        office.owns(true).deletionAsked().later(RESERVES);

        assertThat(office.deletions).containsExactly(0L);
    }

    @Test
    void a_reserve_deletes_what_its_owner_does_not_and_starts_soon_what_waits_for_that() {
        office.owns(false).deletionAsked().asked("m").later(CoordinatorFixture.LEASE.minusMillis(1));
        assertThat(office.deletions).isEmpty();

        office.later(RESERVES);
        assertThat(office.deletions).containsExactly(0L);
        assertThat(office.started).isEmpty();
        office.deleted(0).later(CoordinatorFixture.SOON);
        assertThat(office.started).hasSize(1);
    }

    @Test
    void where_the_owner_has_left_a_deputy_deletes_soon() {
        office.owns(false).ownerLeft().deletionAsked();
        assertThat(office.deletions).isEmpty();

        office.later(CoordinatorFixture.SOON);
        assertThat(office.deletions).containsExactly(0L);
    }

    @Test
    void what_another_has_deleted_a_reserve_does_not() {
        office.owns(false).deletionAsked().deleted(0).later(RESERVES);

        assertThat(office.deletions).isEmpty();
    }

    @Test
    void where_nothing_has_happened_another_may_begin_where_this_worker_did() {
        assertThat(new CoordinatorFixture(new LogPosition(70, 800)).owns(true).checkpoint())
                .isEqualTo(new LogPosition(70, 800));
    }

    @Test
    void after_a_record_of_unknown_fate_the_next_start_is_careful() {
        office.owns(true).later(CoordinatorFixture.LEASE).asked("m");
        Started lost = office.started.getLast();
        lost.spent = true;
        office.ended(lost);

        assertThat(office.started).hasSize(2);
        assertThat(lastTask()).isEqualTo(new Decision.Start(true));
        office.ended(office.started.getLast()).later(CoordinatorFixture.LEASE).asked("n");
        assertThat(lastTask()).isEqualTo(new Decision.Start(false));
    }

    @Test
    void who_asks_as_soon_as_it_has_seen_an_end_is_answered_though_the_end_is_read_later() {
        office.owns(true).asked("m").startedBy("mine", "m").later(CoordinatorFixture.LEASE);

        office.asked("n", OnBusy.REJECT);
        assertThat(office.started).hasSize(1);
        office.later(Duration.ofMillis(30)).endedBy("mine", "m");
        assertThat(lastTask()).isEqualTo(new Decision.Start(false));
        office.later(Duration.ofMillis(1)).asked("o", OnBusy.REJECT).later(CoordinatorFixture.LEASE);
        assertThat(lastTask()).isEqualTo(new Decision.Reject(ErrorCode.SESSION_BUSY));
    }

    @Test
    void a_partition_is_let_go_of_unless_the_group_gives_it_or_a_run_is_in_it() {
        office.owns(true).later(CoordinatorFixture.LEASE).asked("m");
        assertThat(office.letsGo()).isFalse();
        office.owns(false);
        assertThat(office.letsGo()).isFalse();

        office.ended(office.started.getLast());
        assertThat(office.letsGo()).isTrue();
    }

    @Test
    void of_a_partition_that_it_let_go_of_nothing_is_started() {
        office.owns(false).asked("m");
        assertThat(office.letsGo()).isTrue();

        office.owns(true).later(RESERVES);
        assertThat(office.started).isEmpty();
        office.readsAnew().asked("n");
        assertThat(office.started).hasSize(1);
    }

    @Test
    void a_stream_that_ended_unread_is_not_waited_for_when_its_partition_is_read_anew() {
        office.owns(true).later(CoordinatorFixture.LEASE).asked("m");
        Started active = office.started.getLast();
        active.lastOffset = 5;
        office.ended(active).owns(false);
        assertThat(office.letsGo()).isTrue();

        office.readsAnew().owns(true).later(CoordinatorFixture.LEASE).asked("m");
        assertThat(office.started).hasSize(2);
    }

    @Test
    void what_was_in_the_log_before_it_began_is_not_counted_again() {
        office.letsGo();
        office.beginsToCatchUp().startedBy("a", "m").startedBy("b", "m").garbage();
        assertThat(office.dropped).isEmpty();
        assertThat(office.unreadable).isEmpty();

        office.hasCaughtUp().startedBy("c", "m").garbage();
        assertThat(office.dropped).hasSize(1);
        assertThat(office.unreadable).containsExactly(Topics.EVENTS);
    }

    @Test
    void it_tells_how_long_after_the_command_its_start_came_to_the_log() {
        office.owns(true)
                .later(CoordinatorFixture.LEASE)
                .asked("m")
                .later(Duration.ofMillis(700))
                .startedHere("m");
        office.asked("n").later(Duration.ofMillis(300)).startedBy("theirs", "n");

        assertThat(office.lags).containsExactly(Duration.ofMillis(700));
    }

    @Test
    void it_knows_the_age_of_the_oldest_message_whose_turn_it_is() {
        office.owns(true).later(CoordinatorFixture.LEASE).asked("m").later(Duration.ofSeconds(2));
        office.asked("n", OnBusy.PARALLEL).later(Duration.ofSeconds(1));
        assertThat(office.oldestNotStarted()).isEqualTo(Duration.ofSeconds(3));

        office.startedHere("m");
        assertThat(office.oldestNotStarted()).isEqualTo(Duration.ofSeconds(1));

        office.startedHere("n").asked("queued", OnBusy.ENQUEUE).later(Duration.ofSeconds(9));
        assertThat(office.oldestNotStarted()).isZero();
    }

    @Test
    void what_a_dead_worker_left_is_taken_over_as_far_as_there_is_room_and_the_rest_is_not_claimed() {
        office.owns(false);
        for (int i = 0; i < 3 * CoordinatorFixture.MAX_RUNNING; i++) {
            office.asked("m" + i).startedBy("theirs", "m" + i);
        }
        office.later(RESERVES);
        assertThat(office.started).hasSize(CoordinatorFixture.MAX_RUNNING);
        assertThat(office.takeovers)
                .containsOnly(new Decision.Purpose.Continue())
                .hasSize(CoordinatorFixture.MAX_RUNNING);
        assertThat(office.waiting()).isEqualTo(2 * CoordinatorFixture.MAX_RUNNING);

        office.takenOverBy("another", "m" + CoordinatorFixture.MAX_RUNNING);
        assertThat(office.waiting()).isEqualTo(2 * CoordinatorFixture.MAX_RUNNING - 1);
        finish(office.started.getFirst());
        assertThat(office.started).hasSize(CoordinatorFixture.MAX_RUNNING + 1);
    }

    /** The log has its end, and it is over. */
    private void finish(Started active) {
        String message = active.task().stream().message().value();
        if (active.task().action() instanceof Decision.TakeOver) {
            office.takenOverBy("mine", message).endedAfterTakeoverBy("mine", message);
        } else {
            office.startedHere(message).endedBy("mine", message);
        }
        office.ended(active);
    }

    @Test
    void a_stop_does_not_wait_for_room_for_an_answer() {
        office.owns(true).later(CoordinatorFixture.LEASE);
        for (int i = 0; i < CoordinatorFixture.MAX_RUNNING; i++) {
            office.asked("full" + i);
        }
        office.asked("m").asked("n").startedBy("theirs", "n");
        assertThat(office.waiting()).isEqualTo(1);

        office.stopAsked("m").stopAsked("n").later(RESERVES);

        assertThat(office.started.subList(CoordinatorFixture.MAX_RUNNING, CoordinatorFixture.MAX_RUNNING + 2))
                .extracting(active -> active.task().action())
                .containsExactly(
                        new Decision.Stop(StopReason.USER_CANCELLED),
                        new Decision.TakeOver(new Decision.Purpose.Stop(StopReason.USER_CANCELLED)));
    }

    @Test
    void what_is_to_be_ended_is_bounded_too_and_all_of_it_ends() {
        int many = 200;
        office.owns(true).later(CoordinatorFixture.LEASE);
        for (int i = 0; i < CoordinatorFixture.MAX_RUNNING; i++) {
            office.asked("full" + i);
        }
        for (int i = 0; i < many; i++) {
            office.asked("m" + i).stopAsked("m" + i);
        }
        int atOnce = office.started.size() - CoordinatorFixture.MAX_RUNNING;
        assertThat(atOnce).isBetween(1, 64);

        for (int i = 0; i < many; i++) {
            finish(office.started.get(CoordinatorFixture.MAX_RUNNING + i));
            assertThat(office.started.size() - CoordinatorFixture.MAX_RUNNING - i - 1)
                    .isLessThanOrEqualTo(64);
        }
        assertThat(office.started).hasSize(CoordinatorFixture.MAX_RUNNING + many);
        assertThat(office.waiting()).isZero();
    }

    @Test
    void a_message_whose_id_may_be_older_than_the_log_waits_until_the_store_tells_and_is_asked_for_again() {
        CoordinatorFixture office =
                new CoordinatorFixture(new LogPosition(7, 9), false).owns(true).asked("m");
        assertThat(office.started).isEmpty();
        assertThat(office.questions).containsExactly(CoordinatorFixture.stream("m"));

        office.storeSays("m", new StoreAnswer.Unknown()).later(Duration.ofSeconds(1));
        assertThat(office.started).isEmpty();
        assertThat(office.questions).hasSize(2);

        office.storeSays("m", new StoreAnswer.New());
        assertThat(office.started).hasSize(1);
    }

    @Test
    void what_the_store_has_is_not_answered_again() {
        CoordinatorFixture office =
                new CoordinatorFixture(new LogPosition(7, 9), false).owns(true).asked("m");

        office.storeSays("m", new StoreAnswer.Over(SessionKey.of("ada", "s"))).later(Duration.ofSeconds(10));

        assertThat(office.started).isEmpty();
        assertThat(office.questions).hasSize(1);
    }

    @Test
    void a_repeat_of_a_past_command_is_not_answered_and_no_store_is_asked() {
        CoordinatorFixture office = new CoordinatorFixture(new LogPosition(7, 9), false)
                .askedInThePast("m")
                .knowsIdsFrom(0)
                .owns(true)
                .asked("m")
                .asked("new");

        assertThat(office.started)
                .extracting(each -> each.task().stream())
                .containsExactly(CoordinatorFixture.stream("new"));
        assertThat(office.questions).isEmpty();
    }

    @Test
    void a_stop_for_a_message_that_waits_for_the_store_ends_it_once_its_id_is_known_to_be_new() {
        CoordinatorFixture office = new CoordinatorFixture(new LogPosition(7, 9), false)
                .owns(true)
                .asked("m")
                .stopAsked("m");
        assertThat(office.started).isEmpty();

        office.storeSays("m", new StoreAnswer.New());

        assertThat(office.started)
                .extracting(each -> each.task().action())
                .containsExactly(new Decision.Stop(StopReason.USER_CANCELLED));
    }

    /** Offsets: the message is asked at 7, the deletion of the session of its id's first stream at 8, and it is in the log at 9. */
    @Test
    void a_message_that_was_asked_before_the_deletion_of_its_ids_conversation_is_a_repeat() {
        CoordinatorFixture office = new CoordinatorFixture(new LogPosition(7, 9), false)
                .owns(true)
                .askedElsewhere("t", "m")
                .deletionAsked()
                .deleted(8);

        office.storeSays("m", new StoreAnswer.Deleted(9)).later(Duration.ofSeconds(10));

        assertThat(office.started).isEmpty();
        assertThat(office.questions).hasSize(1);
    }

    @Test
    void a_message_that_was_asked_after_the_deletion_of_its_ids_conversation_is_answered() {
        CoordinatorFixture office = new CoordinatorFixture(new LogPosition(7, 9), false)
                .owns(true)
                .deletionAsked()
                .deleted(7)
                .askedElsewhere("t", "m");
        assertThat(office.started).isEmpty();

        office.storeSays("m", new StoreAnswer.Deleted(9));

        assertThat(office.started).hasSize(1);
    }

    @Test
    void a_deletion_from_before_this_worker_began_made_the_id_new() {
        CoordinatorFixture office =
                new CoordinatorFixture(new LogPosition(7, 9), false).owns(true).asked("m");

        office.storeSays("m", new StoreAnswer.Deleted(8));

        assertThat(office.started).hasSize(1);
    }

    @Test
    void a_repeat_that_repeats_a_repeat_is_judged_by_itself() {
        CoordinatorFixture office = new CoordinatorFixture(new LogPosition(7, 9), false)
                .owns(true)
                .askedElsewhere("t", "m")
                .deletionAsked()
                .askedElsewhere("t", "m")
                .deleted(8);
        assertThat(office.started).isEmpty();

        office.storeSays("m", new StoreAnswer.Deleted(9)); // of the message at 7
        assertThat(office.started).isEmpty();
        office.storeSays("m", new StoreAnswer.Deleted(9)); // of the message at 9

        assertThat(office.started).hasSize(1);
    }

    @Test
    void an_id_is_started_again_only_when_the_deletion_is_in_the_log() {
        CoordinatorFixture office = new CoordinatorFixture(new LogPosition(7, 9), false)
                .askedInThePast("m")
                .knowsIdsFrom(0)
                .owns(true)
                .deletionAsked()
                .askedElsewhere("t", "m");
        office.later(Duration.ofSeconds(1));
        assertThat(office.started).isEmpty();

        office.deleted(7);

        assertThat(office.started).hasSize(1);
        assertThat(office.questions).isEmpty();
    }

    @Test
    void what_the_store_still_has_of_a_deleted_conversation_is_asked_for_again() {
        CoordinatorFixture office = new CoordinatorFixture(new LogPosition(7, 9), false)
                .owns(true)
                .deletionAsked()
                .deleted(7)
                .askedElsewhere("t", "m");

        office.storeSays("m", new StoreAnswer.Over(SessionKey.of("ada", "s"))).later(Duration.ofSeconds(1));
        assertThat(office.started).isEmpty();
        assertThat(office.questions).hasSize(2);
        office.storeSays("m", new StoreAnswer.Deleted(9));

        assertThat(office.started).hasSize(1);
    }

    @Test
    void an_unfinished_stream_that_is_older_than_the_log_does_not_make_its_repeat_wait_for_ever() {
        CoordinatorFixture office = new CoordinatorFixture(new LogPosition(7, 9), false)
                .owns(true)
                .asked("m")
                .asked("next", OnBusy.ENQUEUE);

        office.storeSays("m", new StoreAnswer.Unfinished(9)).later(Duration.ofSeconds(1));
        assertThat(office.questions)
                .filteredOn(CoordinatorFixture.stream("m")::equals)
                .hasSize(2);
        office.storeSays("m", new StoreAnswer.Unfinished(8)).storeSays("next", new StoreAnswer.New());

        assertThat(office.started)
                .extracting(each -> each.task().stream())
                .containsExactly(CoordinatorFixture.stream("next"));
    }
}
