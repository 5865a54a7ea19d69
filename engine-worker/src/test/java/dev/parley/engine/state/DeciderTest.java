package dev.parley.engine.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.event.StopReason;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeciderTest {
    private static final Duration LEASE = PartitionFixture.SETTINGS.lease();
    private static final Duration PATIENCE = PartitionFixture.SETTINGS.stopPatience();
    private static final Duration STEP = PartitionFixture.SETTINGS.standbyStep();
    private static final Duration ACTING_OWNER_STEP = PartitionFixture.SETTINGS.actingOwnerStep();
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final PartitionFixture log = new PartitionFixture();

    @Test
    void a_new_message_is_started_by_its_owner() {
        log.asked("s", "m");

        assertThat(log.decide("m")).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_standby_starts_a_message_a_lease_later_and_each_next_standby_a_step_after_that() {
        log.asked("s", "m").later(LEASE);

        assertThat(log.decide("m", new Role.Standby(1))).isEqualTo(new Decision.Start(true));
        assertThat(log.decide("m", new Role.Standby(2)))
                .isEqualTo(new Decision.Wait(LEASE.plus(STEP).toNanos()));
    }

    @Test
    void if_the_owner_is_gone_an_acting_owner_starts_a_message_a_short_step_later() {
        log.asked("s", "m").later(ACTING_OWNER_STEP);

        assertThat(log.decide("m", new Role.ActingOwner(1))).isEqualTo(new Decision.Start(true));
        assertThat(log.decide("m", new Role.ActingOwner(2)))
                .isEqualTo(new Decision.Wait(ACTING_OWNER_STEP.multipliedBy(2).toNanos()));
    }

    @Test
    void a_worker_that_did_not_read_does_not_take_a_stream_for_silent() {
        log.asked("s", "m").started("s", "m", "a").asked("t", "new").later(LEASE.multipliedBy(3));
        log.state.resumedReading(log.now(), LEASE.multipliedBy(3).toNanos());

        assertThat(log.decide("m")).isEqualTo(new Decision.Watch(log.now() + LEASE.toNanos()));
        assertThat(log.decide("new", new Role.Standby(1))).isEqualTo(new Decision.Wait(log.now() + LEASE.toNanos()));
        log.stopAsked("s", "m");
        assertThat(log.decide("m")).isEqualTo(new Decision.Watch(log.now() + PATIENCE.toNanos()));
    }

    @Test
    void a_message_waits_for_the_one_before_it_in_its_session() {
        log.asked("s", "one").asked("s", "two");

        assertThat(log.decide("two")).isEqualTo(new Decision.Wait(Decision.UNTIL_THE_LOG_SAYS));
        log.started("s", "one", "a").ended("s", "one", "a", 1);
        assertThat(log.decide("two")).isEqualTo(new Decision.Start(false));
        assertThat(log.decide("one")).isEqualTo(new Decision.Skip());
    }

    @Test
    void a_standby_counts_its_delay_from_the_moment_it_was_the_messages_turn() {
        log.asked("s", "one").asked("s", "two").later(LEASE.multipliedBy(5));
        log.started("s", "one", "a").ended("s", "one", "a", 1);

        assertThat(log.decide("two", new Role.Standby(1))).isEqualTo(new Decision.Wait(log.now() + LEASE.toNanos()));
    }

    @Test
    void a_writer_has_the_same_time_for_a_stop_that_is_older_than_its_claim() {
        log.stopAsked("s", "m").later(PATIENCE.multipliedBy(5)).asked("s", "m").started("s", "m", "a");
        assertThat(log.decide("m")).isEqualTo(new Decision.Watch(log.now() + PATIENCE.toNanos()));

        log.later(PATIENCE).takenOver("s", "m", 2, "b");
        assertThat(log.decide("m")).isEqualTo(new Decision.Watch(log.now() + PATIENCE.toNanos()));
        log.later(PATIENCE);
        assertThat(log.decide("m")).isEqualTo(new Decision.TakeOver(new Purpose.Stop(StopReason.USER_CANCELLED)));
    }

    @Test
    void negative_monotonic_times_make_no_difference() {
        log.later(Duration.ofDays(-1)).asked("s", "m");

        assertThat(log.decide("m")).isEqualTo(new Decision.Start(false));
        log.later(LEASE);
        assertThat(log.decide("m", new Role.Standby(1))).isEqualTo(new Decision.Start(true));
    }

    @Test
    void sessions_do_not_wait_for_each_other() {
        log.asked("s", "one").asked("t", "two");

        assertThat(log.decide("two")).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_parallel_message_does_not_wait() {
        log.asked("s", "one").asked("s", "two", OnBusy.PARALLEL);

        assertThat(log.decide("two")).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_message_that_is_not_to_wait_is_rejected_while_the_session_is_busy() {
        log.asked("s", "one").asked("s", "two", OnBusy.REJECT).later(Decider.UNREAD_END);

        assertThat(log.decide("two"))
                .as("the first may be a repeat")
                .isEqualTo(new Decision.Wait(Decision.UNTIL_THE_LOG_SAYS));
        log.state.markNew(log.turn("one"));
        assertThat(log.decide("two")).isEqualTo(new Decision.Reject(ErrorCode.SESSION_BUSY));
        log.started("s", "one", "a").ended("s", "one", "a", 1);
        assertThat(log.decide("two")).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_message_is_not_rejected_for_a_stream_whose_end_may_be_in_the_log_but_not_read_yet() {
        log.asked("s", "one").started("s", "one", "a").later(LEASE).asked("s", "two", OnBusy.REJECT);
        long sureAt = log.now() + Decider.UNREAD_END.toNanos();

        assertThat(log.decide("two")).isEqualTo(new Decision.Wait(sureAt));
        log.ended("s", "one", "a", 1);
        assertThat(log.decide("two")).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_message_is_not_rejected_for_too_many_streams_that_may_have_ended() {
        log.asked("a", "one").asked("b", "two").asked("c", "three");
        log.state.writerStarted(PartitionFixture.id("one"));
        log.state.writerStarted(PartitionFixture.id("two"));

        assertThat(log.decide("three")).isEqualTo(new Decision.Wait(log.now() + Decider.UNREAD_END.toNanos()));
    }

    @Test
    void a_worker_that_did_not_read_rejects_nothing_until_it_may_have_read_the_ends() {
        log.asked("s", "one")
                .started("s", "one", "a")
                .asked("s", "two", OnBusy.REJECT)
                .later(LEASE);
        log.state.resumedReading(log.now(), LEASE.toNanos());

        assertThat(log.decide("two")).isEqualTo(new Decision.Wait(log.now() + Decider.UNREAD_END.toNanos()));
    }

    @Test
    void a_message_that_interrupts_stops_all_before_it_and_waits_for_their_ends() {
        log.asked("s", "one").started("s", "one", "a").asked("s", "two").asked("s", "three", OnBusy.INTERRUPT);

        assertThat(log.turn("one").stop()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(log.decide("two")).isEqualTo(new Decision.Stop(StopReason.INTERRUPTED));
        assertThat(log.decide("three")).isEqualTo(new Decision.Wait(Decision.UNTIL_THE_LOG_SAYS));
    }

    @Test
    void a_stop_ends_a_message_that_is_not_started_even_if_it_is_not_its_turn() {
        log.asked("s", "one").asked("s", "two").stopAsked("s", "two");

        assertThat(log.decide("two")).isEqualTo(new Decision.Stop(StopReason.USER_CANCELLED));
    }

    @Test
    void a_stop_that_came_before_its_message_counts() {
        log.stopAsked("other", "m").asked("s", "m");

        assertThat(log.decide("m")).isEqualTo(new Decision.Stop(StopReason.USER_CANCELLED));
    }

    @Test
    void a_stream_is_watched_while_its_writer_writes_within_the_lease() {
        log.asked("s", "m").started("s", "m", "a").later(LEASE.minus(MOMENT));

        assertThat(log.decide("m")).isEqualTo(new Decision.Watch(LEASE.toNanos()));
        log.keptAlive("s", "m", "a").later(LEASE.minus(MOMENT));
        assertThat(log.decide("m")).isInstanceOf(Decision.Watch.class);
    }

    @Test
    void a_stream_that_was_silent_for_a_lease_is_taken_over() {
        log.asked("s", "m").started("s", "m", "a").later(LEASE);

        assertThat(log.decide("m")).isEqualTo(new Decision.TakeOver(new Purpose.Continue()));
        assertThat(log.decide("m", new Role.Standby(2))).isInstanceOf(Decision.Watch.class);
    }

    @Test
    void records_of_a_superseded_claim_do_not_delay_a_takeover() {
        log.asked("s", "m").started("s", "m", "a");
        log.takenOver("s", "m", 2, "b");
        log.later(LEASE).said("s", "m", "a", 1, "late").keptAlive("s", "m", "a");

        assertThat(log.decide("m")).isEqualTo(new Decision.TakeOver(new Purpose.Continue()));
    }

    @Test
    void a_released_stream_is_taken_over_at_once() {
        log.asked("s", "m").started("s", "m", "a").released("s", "m", "a");

        assertThat(log.decide("m")).isEqualTo(new Decision.TakeOver(new Purpose.Continue()));
    }

    @Test
    void a_stop_that_the_writer_does_not_carry_out_is_carried_out_by_another_worker() {
        log.asked("s", "m").started("s", "m", "a").stopAsked("s", "m");
        assertThat(log.decide("m")).isInstanceOf(Decision.Watch.class);

        log.later(PATIENCE).keptAlive("s", "m", "a");
        assertThat(log.decide("m")).isEqualTo(new Decision.TakeOver(new Purpose.Stop(StopReason.USER_CANCELLED)));
    }

    @Test
    void after_too_many_attempts_a_stream_fails() {
        log.asked("s", "m").started("s", "m", "a");
        log.takenOver("s", "m", 2, "b");
        log.takenOver("s", "m", 3, "c");
        log.later(LEASE);

        assertThat(log.decide("m")).isEqualTo(new Decision.TakeOver(new Purpose.Fail()));
    }

    @Test
    void a_user_has_at_most_the_allowed_number_of_streams_at_once() {
        log.asked("a", "one").asked("b", "two").asked("c", "three");
        log.state.writerStarted(PartitionFixture.id("one"));
        log.started("a", "one", "x");
        log.state.writerStarted(PartitionFixture.id("two"));
        log.later(Decider.UNREAD_END);

        assertThat(log.decide("three")).isEqualTo(new Decision.Reject(ErrorCode.TOO_MANY_STREAMS));
        log.ended("a", "one", "x", 1);
        assertThat(log.decide("three")).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_stream_whose_writer_ended_without_a_start_is_not_counted() {
        log.asked("a", "one").asked("b", "two").asked("c", "three");
        log.state.writerStarted(PartitionFixture.id("one"));
        log.state.writerStarted(PartitionFixture.id("two"));
        log.state.writerEnded(PartitionFixture.id("two"));

        assertThat(log.decide("three")).isEqualTo(new Decision.Start(false));
    }

    @Test
    void a_deletion_stops_earlier_messages_and_later_ones_wait_for_it() {
        log.asked("s", "one").started("s", "one", "a").deletionAsked("s").asked("s", "two", OnBusy.PARALLEL);

        assertThat(log.turn("one").stop()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(log.state.deletable()).isEmpty();
        log.ended("s", "one", "a", 1);
        assertThat(log.state.deletable())
                .containsExactly(new PartitionState.Deletion(1, PartitionFixture.session("s"), log.state.folded()));
        assertThat(log.decide("two")).isEqualTo(new Decision.Wait(Decision.UNTIL_THE_LOG_SAYS));
        log.deleted("s");
        assertThat(log.decide("two")).isEqualTo(new Decision.Start(false));
    }
}
