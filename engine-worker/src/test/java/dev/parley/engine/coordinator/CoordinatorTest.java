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

/** Which worker acts for a partition, when, and whether its starts are confirmed first. */
class CoordinatorTest {
    /** More than the last standby waits. */
    private static final Duration ALL_STANDBYS = CoordinatorFixture.LEASE.plusSeconds(1);

    private final CoordinatorFixture coordinator = new CoordinatorFixture();

    private Decision.Action lastAction() {
        return coordinator.started.getLast().task().action();
    }

    @Test
    void an_owner_starts_a_message_at_once() {
        coordinator.owns(true).later(CoordinatorFixture.LEASE).asked("m");

        assertThat(lastAction()).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_turn_is_as_old_as_the_record_of_its_command_whatever_the_gateways_clock_said() {
        coordinator
                .owns(true)
                .later(CoordinatorFixture.LEASE)
                .asked("m")
                .later(CoordinatorFixture.LEASE)
                .asked("m");

        assertThat(coordinator.started.getLast().task().turn().askedAt())
                .isEqualTo(Instant.ofEpochMilli(CoordinatorFixture.LEASE.toMillis()));
    }

    @Test
    void a_worker_that_cannot_append_starts_nothing_until_it_can() {
        coordinator
                .owns(true)
                .later(CoordinatorFixture.LEASE)
                .canAppend(false)
                .asked("m")
                .later(ALL_STANDBYS);
        assertThat(coordinator.started).isEmpty();

        coordinator.canAppend(true);
        assertThat(lastAction()).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_worker_that_cannot_append_takes_nothing_over() {
        coordinator
                .owns(false)
                .canAppend(false)
                .asked("m")
                .startedBy("other", "m")
                .later(ALL_STANDBYS);
        assertThat(coordinator.started).isEmpty();

        coordinator.canAppend(true);
        assertThat(lastAction()).isInstanceOf(Decision.TakeOver.class);
    }

    @Test
    void a_new_owner_has_its_starts_confirmed_for_a_while() {
        coordinator.owns(true).asked("m");
        assertThat(lastAction()).isEqualTo(new Decision.Start(true));

        coordinator.owns(true).later(CoordinatorFixture.LEASE).owns(true).asked("n");
        assertThat(lastAction()).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_standby_starts_a_message_after_a_lease_and_has_the_start_confirmed() {
        coordinator.owns(false).asked("m").later(CoordinatorFixture.LEASE.minusMillis(1));
        assertThat(coordinator.started).isEmpty();

        coordinator.later(ALL_STANDBYS);
        assertThat(lastAction()).isEqualTo(new Decision.Start(true));
    }

    @Test
    void waiting_messages_are_started_soon_after_the_owner_has_left() {
        coordinator.owns(false).asked("m").later(CoordinatorFixture.SOON);
        assertThat(coordinator.started).isEmpty();

        coordinator.ownerLeft();
        assertThat(lastAction()).isEqualTo(new Decision.Start(true));
    }

    @Test
    void a_former_owner_acts_after_the_new_owner_until_it_sees_the_new_owners_start() {
        coordinator
                .owns(true)
                .later(CoordinatorFixture.LEASE)
                .owns(false)
                .asked("m")
                .later(CoordinatorFixture.SOON);
        assertThat(coordinator.started).isEmpty();
        coordinator.later(CoordinatorFixture.SOON);
        assertThat(lastAction()).isEqualTo(new Decision.Start(true));

        coordinator.startedBy("theirs", "m").asked("n").later(CoordinatorFixture.SOON.multipliedBy(2));
        assertThat(coordinator.started).hasSize(1);
    }

    @Test
    void a_standby_that_started_a_message_for_a_dead_owner_starts_the_next_one_soon() {
        coordinator.owns(false).asked("m").later(ALL_STANDBYS).startedBy("mine", "m");
        assertThat(coordinator.started.getLast().confirmed).isTrue();

        coordinator.asked("n").later(CoordinatorFixture.SOON);
        assertThat(coordinator.started).hasSize(2);
    }

    @Test
    void a_worker_that_reads_its_own_start_after_the_stream_ended_becomes_acting_owner_too() {
        coordinator.owns(false).ownerLeft().asked("m").later(CoordinatorFixture.SOON);
        coordinator.ended(coordinator.started.getLast()).startedHere("m");
        coordinator.asked("n").later(CoordinatorFixture.SOON);

        assertThat(coordinator.started.getLast().task().stream()).isEqualTo(CoordinatorFixture.stream("n"));
    }

    @Test
    void an_acting_owner_that_sees_another_workers_start_leaves_the_next_message_to_that_worker() {
        coordinator.owns(false).ownerLeft().asked("m").startedBy("theirs", "m");
        coordinator.asked("n").later(CoordinatorFixture.SOON);

        assertThat(coordinator.started.stream().filter(active -> !active.superseded))
                .isEmpty();
    }

    @Test
    void a_start_that_was_on_its_way_when_its_worker_left_does_not_end_the_role_of_acting_owner() {
        coordinator.owns(false).asked("m").leftBy(CoordinatorFixture.OTHER).startedBy("theirs", "m");
        coordinator.asked("n").later(CoordinatorFixture.SOON);
        assertThat(coordinator.started.getLast().superseded).isFalse();

        coordinator.startedBy("mine", "n").later(CoordinatorFixture.LEASE).startedBy("theirs", "o");
        coordinator.asked("p").later(CoordinatorFixture.SOON);
        assertThat(coordinator.started.getLast().task().stream()).isNotEqualTo(CoordinatorFixture.stream("p"));
    }

    @Test
    void a_worker_that_took_a_stream_over_becomes_acting_owner() {
        coordinator.owns(false).asked("m").startedBy("theirs", "m").later(ALL_STANDBYS);
        assertThat(lastAction()).isInstanceOf(Decision.TakeOver.class);
        coordinator.takenOverBy("mine", "m").asked("n").later(CoordinatorFixture.SOON);

        assertThat(lastAction()).isEqualTo(new Decision.Start(true));
    }

    @Test
    void while_the_leader_is_unreachable_nothing_is_taken_over() {
        coordinator
                .owns(false)
                .asked("m")
                .startedBy("theirs", "m")
                .leaderAnswers(false)
                .later(ALL_STANDBYS.multipliedBy(5));
        assertThat(coordinator.started).isEmpty();

        coordinator.leaderAnswers(true).later(CoordinatorFixture.LEASE);
        assertThat(coordinator.started).isEmpty();

        coordinator.later(ALL_STANDBYS.minus(CoordinatorFixture.LEASE));
        assertThat(lastAction()).isInstanceOf(Decision.TakeOver.class);
    }

    @Test
    void the_first_starts_after_the_leader_was_unreachable_are_confirmed() {
        coordinator
                .owns(true)
                .later(ALL_STANDBYS)
                .leaderAnswers(false)
                .later(ALL_STANDBYS)
                .leaderAnswers(true)
                .asked("m");

        assertThat(lastAction()).isEqualTo(new Decision.Start(true));
    }

    @Test
    void a_failure_for_one_session_does_not_affect_the_others_and_is_tried_again() {
        coordinator.owns(false).askedIn("a", "m").askedIn("b", "n").askedIn("c", "o");
        coordinator.nextStartFails = true;
        assertThatThrownBy(() -> coordinator.owns(true)).hasMessage("a bug");

        assertThat(coordinator.started)
                .extracting(active -> active.task().stream())
                .containsExactly(CoordinatorFixture.stream("n"), CoordinatorFixture.stream("o"));
        coordinator.later(Duration.ofSeconds(1));
        assertThat(coordinator.started.getLast().task().stream()).isEqualTo(CoordinatorFixture.stream("m"));
    }

    @Test
    void a_failure_for_the_first_session_does_not_affect_the_later_ones() {
        coordinator
                .owns(false)
                .asked("m")
                .startedBy("theirs", "m")
                .asked("no", OnBusy.REJECT)
                .askedIn("b", "n");
        coordinator.later(CoordinatorFixture.SOON);
        coordinator.nextStartFails = true;
        assertThatThrownBy(() -> coordinator.owns(true)).hasMessage("a bug");

        assertThat(coordinator.started)
                .extracting(active -> active.task().stream())
                .containsExactly(CoordinatorFixture.stream("n"));
        coordinator.later(Duration.ofSeconds(1));
        assertThat(lastAction()).isEqualTo(new Decision.Reject(ErrorCode.SESSION_BUSY));
    }

    @Test
    void an_owner_deletes_at_once_and_once() {
        coordinator.owns(true).deletionAsked().later(ALL_STANDBYS);

        assertThat(coordinator.deletions).containsExactly(0L);
    }

    @Test
    void a_standby_writes_a_deletion_that_the_owner_did_not_and_starts_soon_what_waits_for_it() {
        coordinator.owns(false).deletionAsked().asked("m").later(CoordinatorFixture.LEASE.minusMillis(1));
        assertThat(coordinator.deletions).isEmpty();

        coordinator.later(ALL_STANDBYS);
        assertThat(coordinator.deletions).containsExactly(0L);
        assertThat(coordinator.started).isEmpty();
        coordinator.deleted(0).later(CoordinatorFixture.SOON);
        assertThat(coordinator.started).hasSize(1);
    }

    @Test
    void after_the_owner_has_left_an_acting_owner_deletes_soon() {
        coordinator.owns(false).ownerLeft().deletionAsked();
        assertThat(coordinator.deletions).isEmpty();

        coordinator.later(CoordinatorFixture.SOON);
        assertThat(coordinator.deletions).containsExactly(0L);
    }

    @Test
    void a_standby_does_not_write_a_deletion_that_is_in_the_log() {
        coordinator.owns(false).deletionAsked().deleted(0).later(ALL_STANDBYS);

        assertThat(coordinator.deletions).isEmpty();
    }

    @Test
    void without_records_the_checkpoint_is_where_this_worker_began() {
        assertThat(new CoordinatorFixture(new LogPosition(70, 800)).owns(true).checkpoint())
                .isEqualTo(new LogPosition(70, 800));
    }

    @Test
    void after_a_record_whose_outcome_is_unknown_the_next_start_is_confirmed() {
        coordinator.owns(true).later(CoordinatorFixture.LEASE).asked("m");
        Started uncertain = coordinator.started.getLast();
        uncertain.claimUncertain = true;
        coordinator.ended(uncertain);

        assertThat(coordinator.started).hasSize(2);
        assertThat(lastAction()).isEqualTo(new Decision.Start(true));
        coordinator
                .ended(coordinator.started.getLast())
                .later(CoordinatorFixture.LEASE)
                .asked("n");
        assertThat(lastAction()).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_message_sent_right_after_an_end_is_answered_though_the_end_is_read_later() {
        coordinator.owns(true).asked("m").startedBy("mine", "m").later(CoordinatorFixture.LEASE);

        coordinator.asked("n", OnBusy.REJECT);
        assertThat(coordinator.started).hasSize(1);
        coordinator.later(Duration.ofMillis(30)).endedBy("mine", "m");
        assertThat(lastAction()).isEqualTo(new Decision.Start(false));
        coordinator.later(Duration.ofMillis(1)).asked("o", OnBusy.REJECT).later(CoordinatorFixture.LEASE);
        assertThat(lastAction()).isEqualTo(new Decision.Reject(ErrorCode.SESSION_BUSY));
    }

    @Test
    void a_partition_is_retired_unless_the_worker_owns_it_or_writes_a_stream_in_it() {
        coordinator.owns(true).later(CoordinatorFixture.LEASE).asked("m");
        assertThat(coordinator.retires()).isFalse();
        coordinator.owns(false);
        assertThat(coordinator.retires()).isFalse();

        coordinator.ended(coordinator.started.getLast());
        assertThat(coordinator.retires()).isTrue();
    }

    @Test
    void in_a_retired_partition_nothing_is_started() {
        coordinator.owns(false).asked("m");
        assertThat(coordinator.retires()).isTrue();

        coordinator.owns(true).later(ALL_STANDBYS);
        assertThat(coordinator.started).isEmpty();
        coordinator.readsAnew().asked("n");
        assertThat(coordinator.started).hasSize(1);
    }

    @Test
    void when_a_partition_is_read_anew_the_last_record_of_an_earlier_stream_is_not_waited_for() {
        coordinator.owns(true).later(CoordinatorFixture.LEASE).asked("m");
        Started active = coordinator.started.getLast();
        active.lastOffset = 5;
        coordinator.ended(active).owns(false);
        assertThat(coordinator.retires()).isTrue();

        coordinator.readsAnew().owns(true).later(CoordinatorFixture.LEASE).asked("m");
        assertThat(coordinator.started).hasSize(2);
    }

    @Test
    void records_from_before_the_worker_began_are_not_counted() {
        coordinator.retires();
        coordinator.beginsToCatchUp().startedBy("a", "m").startedBy("b", "m").garbage();
        assertThat(coordinator.dropped).isEmpty();
        assertThat(coordinator.unreadable).isEmpty();

        coordinator.hasCaughtUp().startedBy("c", "m").garbage();
        assertThat(coordinator.dropped).hasSize(1);
        assertThat(coordinator.unreadable).containsExactly(Topics.EVENTS);
    }

    @Test
    void the_lag_from_a_command_to_its_start_is_observed() {
        coordinator
                .owns(true)
                .later(CoordinatorFixture.LEASE)
                .asked("m")
                .later(Duration.ofMillis(700))
                .startedHere("m");
        coordinator.asked("n").later(Duration.ofMillis(300)).startedBy("theirs", "n");

        assertThat(coordinator.lags).containsExactly(Duration.ofMillis(700));
    }

    @Test
    void the_age_of_the_oldest_message_whose_turn_it_is_is_known() {
        coordinator.owns(true).later(CoordinatorFixture.LEASE).asked("m").later(Duration.ofSeconds(2));
        coordinator.asked("n", OnBusy.PARALLEL).later(Duration.ofSeconds(1));
        assertThat(coordinator.oldestNotStarted()).isEqualTo(Duration.ofSeconds(3));

        coordinator.startedHere("m");
        assertThat(coordinator.oldestNotStarted()).isEqualTo(Duration.ofSeconds(1));

        coordinator.startedHere("n").asked("queued", OnBusy.ENQUEUE).later(Duration.ofSeconds(9));
        assertThat(coordinator.oldestNotStarted()).isZero();
    }

    @Test
    void a_dead_workers_streams_are_taken_over_as_far_as_there_is_room_and_the_rest_is_not_claimed() {
        coordinator.owns(false);
        for (int i = 0; i < 3 * CoordinatorFixture.MAX_RUNNING; i++) {
            coordinator.asked("m" + i).startedBy("theirs", "m" + i);
        }
        coordinator.later(ALL_STANDBYS);
        assertThat(coordinator.started).hasSize(CoordinatorFixture.MAX_RUNNING);
        assertThat(coordinator.takeovers)
                .containsOnly(new Decision.Purpose.Continue())
                .hasSize(CoordinatorFixture.MAX_RUNNING);
        assertThat(coordinator.waiting()).isEqualTo(2 * CoordinatorFixture.MAX_RUNNING);

        coordinator.takenOverBy("another", "m" + CoordinatorFixture.MAX_RUNNING);
        assertThat(coordinator.waiting()).isEqualTo(2 * CoordinatorFixture.MAX_RUNNING - 1);
        finish(coordinator.started.getFirst());
        assertThat(coordinator.started).hasSize(CoordinatorFixture.MAX_RUNNING + 1);
    }

    /** The log has the stream's end, and its writer has ended. */
    private void finish(Started active) {
        String message = active.task().stream().message().value();
        if (active.task().action() instanceof Decision.TakeOver) {
            coordinator.takenOverBy("mine", message).endedAfterTakeoverBy("mine", message);
        } else {
            coordinator.startedHere(message).endedBy("mine", message);
        }
        coordinator.ended(active);
    }

    @Test
    void a_stop_does_not_wait_for_room_for_an_answer() {
        coordinator.owns(true).later(CoordinatorFixture.LEASE);
        for (int i = 0; i < CoordinatorFixture.MAX_RUNNING; i++) {
            coordinator.asked("full" + i);
        }
        coordinator.asked("m").asked("n").startedBy("theirs", "n");
        assertThat(coordinator.waiting()).isEqualTo(1);

        coordinator.stopAsked("m").stopAsked("n").later(ALL_STANDBYS);

        assertThat(coordinator.started.subList(CoordinatorFixture.MAX_RUNNING, CoordinatorFixture.MAX_RUNNING + 2))
                .extracting(active -> active.task().action())
                .containsExactly(
                        new Decision.Stop(StopReason.USER_CANCELLED),
                        new Decision.TakeOver(new Decision.Purpose.Stop(StopReason.USER_CANCELLED)));
    }

    @Test
    void streams_to_end_are_bounded_too_and_all_of_them_end() {
        int many = 200;
        coordinator.owns(true).later(CoordinatorFixture.LEASE);
        for (int i = 0; i < CoordinatorFixture.MAX_RUNNING; i++) {
            coordinator.asked("full" + i);
        }
        for (int i = 0; i < many; i++) {
            coordinator.asked("m" + i).stopAsked("m" + i);
        }
        int atOnce = coordinator.started.size() - CoordinatorFixture.MAX_RUNNING;
        assertThat(atOnce).isBetween(1, 64);

        for (int i = 0; i < many; i++) {
            finish(coordinator.started.get(CoordinatorFixture.MAX_RUNNING + i));
            assertThat(coordinator.started.size() - CoordinatorFixture.MAX_RUNNING - i - 1)
                    .isLessThanOrEqualTo(64);
        }
        assertThat(coordinator.started).hasSize(CoordinatorFixture.MAX_RUNNING + many);
        assertThat(coordinator.waiting()).isZero();
    }

    @Test
    void a_message_whose_id_may_be_older_than_the_log_waits_for_the_store_which_is_asked_again() {
        CoordinatorFixture coordinator =
                new CoordinatorFixture(new LogPosition(7, 9), false).owns(true).asked("m");
        assertThat(coordinator.started).isEmpty();
        assertThat(coordinator.questions).containsExactly(CoordinatorFixture.stream("m"));

        coordinator.storeSays("m", new StoreAnswer.Unknown()).later(Duration.ofSeconds(1));
        assertThat(coordinator.started).isEmpty();
        assertThat(coordinator.questions).hasSize(2);

        coordinator.storeSays("m", new StoreAnswer.New());
        assertThat(coordinator.started).hasSize(1);
    }

    @Test
    void a_stream_that_the_store_has_is_not_answered_again() {
        CoordinatorFixture coordinator =
                new CoordinatorFixture(new LogPosition(7, 9), false).owns(true).asked("m");

        coordinator
                .storeSays("m", new StoreAnswer.Over(SessionKey.of("ada", "s")))
                .later(Duration.ofSeconds(10));

        assertThat(coordinator.started).isEmpty();
        assertThat(coordinator.questions).hasSize(1);
    }

    @Test
    void a_repeat_of_a_past_command_is_not_answered_and_no_store_is_asked() {
        CoordinatorFixture coordinator = new CoordinatorFixture(new LogPosition(7, 9), false)
                .askedInThePast("m")
                .knowsIdsFrom(0)
                .owns(true)
                .asked("m")
                .asked("new");

        assertThat(coordinator.started)
                .extracting(each -> each.task().stream())
                .containsExactly(CoordinatorFixture.stream("new"));
        assertThat(coordinator.questions).isEmpty();
    }

    @Test
    void a_stop_for_a_message_that_waits_for_the_store_ends_it_once_its_id_is_known_to_be_new() {
        CoordinatorFixture coordinator = new CoordinatorFixture(new LogPosition(7, 9), false)
                .owns(true)
                .asked("m")
                .stopAsked("m");
        assertThat(coordinator.started).isEmpty();

        coordinator.storeSays("m", new StoreAnswer.New());

        assertThat(coordinator.started)
                .extracting(each -> each.task().action())
                .containsExactly(new Decision.Stop(StopReason.USER_CANCELLED));
    }

    /** Offsets: the message is asked at 7, the deletion of the session of its id's first stream at 8, and it is in the log at 9. */
    @Test
    void a_message_that_was_asked_before_the_deletion_of_its_ids_conversation_is_a_repeat() {
        CoordinatorFixture coordinator = new CoordinatorFixture(new LogPosition(7, 9), false)
                .owns(true)
                .askedIn("t", "m")
                .deletionAsked()
                .deleted(8);

        coordinator.storeSays("m", new StoreAnswer.Deleted(9)).later(Duration.ofSeconds(10));

        assertThat(coordinator.started).isEmpty();
        assertThat(coordinator.questions).hasSize(1);
    }

    @Test
    void a_message_that_was_asked_after_the_deletion_of_its_ids_conversation_is_answered() {
        CoordinatorFixture coordinator = new CoordinatorFixture(new LogPosition(7, 9), false)
                .owns(true)
                .deletionAsked()
                .deleted(7)
                .askedIn("t", "m");
        assertThat(coordinator.started).isEmpty();

        coordinator.storeSays("m", new StoreAnswer.Deleted(9));

        assertThat(coordinator.started).hasSize(1);
    }

    @Test
    void a_deletion_from_before_this_worker_began_made_the_id_new() {
        CoordinatorFixture coordinator =
                new CoordinatorFixture(new LogPosition(7, 9), false).owns(true).asked("m");

        coordinator.storeSays("m", new StoreAnswer.Deleted(8));

        assertThat(coordinator.started).hasSize(1);
    }

    @Test
    void a_message_that_repeats_a_repeat_is_judged_on_its_own() {
        CoordinatorFixture coordinator = new CoordinatorFixture(new LogPosition(7, 9), false)
                .owns(true)
                .askedIn("t", "m")
                .deletionAsked()
                .askedIn("t", "m")
                .deleted(8);
        assertThat(coordinator.started).isEmpty();

        coordinator.storeSays("m", new StoreAnswer.Deleted(9)); // of the message at 7
        assertThat(coordinator.started).isEmpty();
        coordinator.storeSays("m", new StoreAnswer.Deleted(9)); // of the message at 9

        assertThat(coordinator.started).hasSize(1);
    }

    @Test
    void an_id_is_started_again_only_when_the_deletion_is_in_the_log() {
        CoordinatorFixture coordinator = new CoordinatorFixture(new LogPosition(7, 9), false)
                .askedInThePast("m")
                .knowsIdsFrom(0)
                .owns(true)
                .deletionAsked()
                .askedIn("t", "m");
        coordinator.later(Duration.ofSeconds(1));
        assertThat(coordinator.started).isEmpty();

        coordinator.deleted(7);

        assertThat(coordinator.started).hasSize(1);
        assertThat(coordinator.questions).isEmpty();
    }

    @Test
    void the_store_is_asked_again_while_it_still_has_a_deleted_conversation() {
        CoordinatorFixture coordinator = new CoordinatorFixture(new LogPosition(7, 9), false)
                .owns(true)
                .deletionAsked()
                .deleted(7)
                .askedIn("t", "m");

        coordinator
                .storeSays("m", new StoreAnswer.Over(SessionKey.of("ada", "s")))
                .later(Duration.ofSeconds(1));
        assertThat(coordinator.started).isEmpty();
        assertThat(coordinator.questions).hasSize(2);
        coordinator.storeSays("m", new StoreAnswer.Deleted(9));

        assertThat(coordinator.started).hasSize(1);
    }

    @Test
    void an_unfinished_stream_that_is_older_than_the_log_does_not_make_its_repeat_wait_for_ever() {
        CoordinatorFixture coordinator = new CoordinatorFixture(new LogPosition(7, 9), false)
                .owns(true)
                .asked("m")
                .asked("next", OnBusy.ENQUEUE);

        coordinator.storeSays("m", new StoreAnswer.Unfinished(9)).later(Duration.ofSeconds(1));
        assertThat(coordinator.questions)
                .filteredOn(CoordinatorFixture.stream("m")::equals)
                .hasSize(2);
        coordinator.storeSays("m", new StoreAnswer.Unfinished(8)).storeSays("next", new StoreAnswer.New());

        assertThat(coordinator.started)
                .extracting(each -> each.task().stream())
                .containsExactly(CoordinatorFixture.stream("next"));
    }
}
