package dev.parley.engine.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** From where another worker must read. */
class CheckpointTrackerTest {
    private static final Duration MEMORY = PartitionFixture.MEMORY;
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final int BLOCK = 64;

    private final PartitionFixture log = new PartitionFixture();

    @Test
    void without_commands_the_position_is_the_end() {
        assertThat(log.position()).isEqualTo(log.end());
    }

    @Test
    void an_unfinished_stream_is_read_again_from_its_message_on() {
        log.asked("s", "one").started("s", "one", "a").asked("t", "two").later(MEMORY.multipliedBy(9));

        assertThat(log.position()).isEqualTo(new LogPosition(0, 0));
    }

    @Test
    void what_ended_lately_is_read_again_and_what_ended_long_ago_is_not() {
        log.answered("s", "one", "text").later(MEMORY);
        assertThat(log.position()).isEqualTo(new LogPosition(0, 0));

        log.later(MOMENT);
        assertThat(log.position()).isEqualTo(log.end());
    }

    @Test
    void a_stop_that_waits_for_its_message_is_remembered_for_a_while() {
        log.stopAsked("s", "m").later(MEMORY);
        assertThat(log.position()).isEqualTo(new LogPosition(0, 0));

        log.later(MOMENT);
        assertThat(log.position()).isEqualTo(log.end());
    }

    @Test
    void a_stop_that_was_read_ahead_skips_nothing_that_waits_to_be_read() {
        log.stopReadAhead("s", "m", 3);

        assertThat(log.position()).isEqualTo(log.end());
    }

    @Test
    void a_repeat_is_not_read_without_its_message_if_that_ended_lately() {
        log.answered("s", "one", "text").asked("s", "waits");
        log.later(MEMORY).others(BLOCK).asked("t", "two").asked("s", "one").others(BLOCK);
        log.started("s", "waits", "a").ended("s", "waits", "a", 1).later(MEMORY.plus(MOMENT));
        assertThat(log.position()).isEqualTo(new LogPosition(0, 0));

        log.started("t", "two", "a").ended("t", "two", "a", 1).later(MEMORY.plus(MOMENT));
        assertThat(log.position()).isEqualTo(log.end());
    }

    @Test
    void a_repeat_of_a_message_that_ended_long_ago_does_not_hold_the_position() {
        log.answered("s", "one", "text").others(BLOCK).asked("t", "two").later(MEMORY.plus(MOMENT));
        assertThat(log.position().commands()).isGreaterThan(0);
        log.asked("s", "one");

        assertThat(log.position().commands()).isGreaterThan(0);
    }

    @Test
    void while_messages_wait_to_be_read_nothing_is_forgotten() {
        log.answered("s", "one", "text").later(MEMORY.plus(MOMENT));

        assertThat(log.state.position(log.end().commands(), log.end().events(), false, log.now()))
                .as("one of them may repeat what ended lately")
                .isEqualTo(new LogPosition(0, 0));
    }

    @Test
    void while_a_worker_sleeps_it_forgets_nothing() {
        log.answered("s", "one", "text").later(MEMORY.plus(MOMENT));
        log.state.resumedReading(log.now(), MEMORY.toNanos());
        assertThat(log.position()).isEqualTo(new LogPosition(0, 0));

        log.later(MEMORY);
        assertThat(log.position()).isEqualTo(log.end());
    }

    @Test
    void a_message_is_not_read_without_the_stop_that_came_before_it() {
        log.stopAsked("s", "m").others(BLOCK).asked("s", "m").later(MEMORY.plus(MOMENT));

        assertThat(log.position()).isEqualTo(new LogPosition(0, 0));
    }

    @Test
    void a_stop_is_remembered_where_only_the_events_of_its_stream_are_known() {
        log.started("s", "m", "a")
                .stopAsked("s", "m")
                .others(BLOCK)
                .asked("s", "m")
                .later(MEMORY.plus(MOMENT));

        assertThat(log.position()).isEqualTo(new LogPosition(0, 0));
    }

    @Test
    void a_stream_that_is_forgotten_before_its_message_is_read_still_holds_the_position() {
        PartitionFixture small = new PartitionFixture(
                new PartitionState.Bounds(100_000, 0, 100, 10, MEMORY, PartitionFixture.SETTINGS.lease()));
        small.started("s", "m", "a").ended("s", "m", "a", 1).asked("t", "waits").asked("s", "m");
        small.later(MEMORY.plus(MOMENT));

        assertThat(small.position()).isEqualTo(new LogPosition(0, 0));
    }

    @Test
    void a_deletion_is_unfinished_until_it_is_written() {
        log.deletionAsked("s").later(MEMORY.multipliedBy(2));
        assertThat(log.position()).isEqualTo(new LogPosition(0, 0));

        log.deleted("s").later(MEMORY.plus(MOMENT));
        assertThat(log.position()).isEqualTo(log.end());
    }

    @Test
    void a_deletion_command_is_not_read_again_without_its_deletion() {
        log.deletionAsked("s").deleted("s", 0);
        assertThat(log.position()).isEqualTo(new LogPosition(0, 0));

        log.deleted("t", 1).deletionAsked("t").later(MEMORY);
        assertThat(log.position()).isEqualTo(new LogPosition(0, 0));
        log.later(MOMENT);
        assertThat(log.position()).isEqualTo(log.end());
    }

    @Test
    void events_that_are_read_before_their_message_hold_the_position() {
        log.started("s", "m", "a").ended("s", "m", "a", 1).later(MEMORY);
        assertThat(log.position()).isEqualTo(new LogPosition(0, 0));

        log.asked("s", "m");
        assertThat(log.position()).isEqualTo(new LogPosition(0, 0));
        log.later(MEMORY.plus(MOMENT));
        assertThat(log.position()).isEqualTo(log.end());
    }

    @Test
    void events_whose_message_is_never_read_do_not_hold_the_position_for_ever() {
        log.started("s", "m", "a").ended("s", "m", "a", 1).later(MEMORY.plus(MOMENT));

        assertThat(log.state.position(log.end().commands(), log.end().events(), false, log.now()))
                .as("while messages wait to be read it may be among them")
                .isEqualTo(new LogPosition(0, 0));
        assertThat(log.position()).isEqualTo(log.end());
    }

    /** No stream whose command is at or above the position has its first event below it, and all unfinished commands are at or above it. */
    @Test
    void a_worker_that_reads_from_the_position_reads_the_start_of_every_message_that_it_reads() {
        for (long seed = 1; seed <= 300; seed++) {
            new Life(seed).check();
        }
    }

    private static final class Life {
        private final long seed;
        private final Random random;
        private final PartitionFixture log = new PartitionFixture(
                new PartitionState.Bounds(1_000, 2, 1_000, 10, MEMORY, PartitionFixture.SETTINGS.lease()));
        private final List<Known> known = new ArrayList<>();

        private static final class Known {
            final long command;
            long firstEvent = Long.MAX_VALUE;
            boolean over;

            Known(long command) {
                this.command = command;
            }
        }

        Life(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void check() {
            for (int step = 0; step < 4 * BLOCK; step++) {
                act();
                LogPosition position = log.position();
                for (Known each : known) {
                    assertThat(each.over || each.command >= position.commands())
                            .as("seed %d, step %d: unfinished, and not read again", seed, step)
                            .isTrue();
                    assertThat(each.command < position.commands() || each.firstEvent >= position.events())
                            .as("seed %d, step %d: read again without its start", seed, step)
                            .isTrue();
                }
            }
        }

        private void act() {
            int one = known.isEmpty() ? 0 : random.nextInt(known.size());
            Known turn = known.isEmpty() ? null : known.get(one);
            if (turn == null || random.nextInt(3) == 0) {
                known.add(new Known(log.end().commands()));
                log.asked("s" + known.size(), "m" + (known.size() - 1));
            } else if (turn.firstEvent == Long.MAX_VALUE) {
                turn.firstEvent = log.end().events();
                log.started("s" + (one + 1), "m" + one, "a");
            } else if (!turn.over) {
                turn.over = true;
                log.ended("s" + (one + 1), "m" + one, "a", 1);
            }
            log.later(Duration.ofMillis(random.nextInt(3_000)));
        }
    }
}
