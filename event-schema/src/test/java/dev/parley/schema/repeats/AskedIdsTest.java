package dev.parley.schema.repeats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.repeats.AskedIds.Asked;
import dev.parley.schema.repeats.AskedIds.Earlier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AskedIdsTest {

    private static final SessionKey SESSION = SessionKey.of("u", "s");
    private static final SessionKey OTHER = SessionKey.of("u", "other");

    private final IdHash hash = new IdHash();
    private final AskedIds ids = new AskedIds(hash, 1_000);

    @Test
    void a_later_command_with_the_same_id_is_a_repeat_and_the_first_is_not() {
        ids.add(asked(5, "m", SESSION));
        ids.add(asked(9, "m", OTHER));

        assertThat(ids.wasAskedBefore(id("m"), 5)).isFalse();
        assertThat(ids.wasAskedBefore(id("m"), 9)).isTrue();
        assertThat(ids.wasAskedBefore(StreamId.of("other", "m"), 9)).isFalse();
    }

    @Test
    void an_id_is_new_again_after_the_deletion_of_the_session_of_its_first_command() {
        ids.add(asked(5, "m", SESSION));
        ids.add(deleted(7, SESSION));
        ids.add(asked(9, "m", OTHER));

        assertThat(ids.wasAskedBefore(id("m"), 7)).isTrue();
        assertThat(ids.wasAskedBefore(id("m"), 9)).isFalse();
        assertThat(ids.wasAskedBefore(id("m"), 11)).isTrue();
        assertThat(ids.wasDeletedBefore(SESSION, 8)).isTrue();
        assertThat(ids.wasDeletedBefore(SESSION, 7)).isFalse();
        assertThat(ids.wasDeletedBefore(OTHER, 8)).isFalse();
    }

    @Test
    void the_session_of_a_repeat_does_not_matter() {
        ids.add(asked(5, "m", SESSION));
        ids.add(asked(6, "m", OTHER));
        ids.add(deleted(7, SESSION));

        assertThat(ids.wasAskedBefore(id("m"), 9)).isFalse();

        ids.add(asked(9, "m", OTHER));
        ids.add(deleted(10, SESSION));
        assertThat(ids.wasAskedBefore(id("m"), 11)).isTrue();
        ids.add(deleted(12, OTHER));
        assertThat(ids.wasAskedBefore(id("m"), 13)).isFalse();
    }

    @Test
    void it_returns_the_deletion_that_must_be_in_the_log_before_an_id_is_used_again() {
        ids.completeFrom(0);
        ids.add(asked(5, "m", SESSION));
        ids.add(deleted(7, SESSION));
        ids.add(deleted(8, SESSION));

        assertThat(ids.earlier(id("m"), 5)).isEqualTo(new Earlier.None());
        assertThat(ids.earlier(id("m"), 6)).isEqualTo(new Earlier.Alive());
        assertThat(ids.earlier(id("m"), 9)).isEqualTo(new Earlier.Deleted(8));
        assertThat(ids.earlier(id("m"), 8)).isEqualTo(new Earlier.Deleted(7));
    }

    @Test
    void if_old_commands_have_expired_the_first_command_may_repeat_one_of_a_deleted_session() {
        ids.completeFrom(4);
        ids.add(asked(5, "m", SESSION));
        assertThat(ids.earlier(id("m"), 9)).isEqualTo(new Earlier.Alive());

        ids.add(new Asked(6, 0, hash.of(SessionKey.of("somebody", "else"))));
        assertThat(ids.earlier(id("m"), 9)).isEqualTo(new Earlier.Alive());

        ids.add(deleted(7, OTHER));
        assertThat(ids.earlier(id("m"), 9)).isEqualTo(new Earlier.Unsure());
    }

    @Test
    void the_order_in_which_commands_are_added_does_not_matter_and_adding_twice_changes_nothing() {
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(i % 50 == 49 ? deleted(i, SESSION) : asked(i, "m" + i % 200, SESSION));
        }
        AskedIds inOrder = new AskedIds(hash, 1_000);
        all.forEach(inOrder::add);
        List<Asked> twice = new ArrayList<>(all);
        twice.addAll(all);
        Collections.shuffle(twice, new Random(7));
        twice.forEach(ids::add);

        assertThat(ids.size()).isEqualTo(inOrder.size());
        for (int m = 0; m < 210; m++) {
            for (int offset = 0; offset < 500; offset += 7) {
                assertThat(ids.wasAskedBefore(id("m" + m), offset))
                        .isEqualTo(inOrder.wasAskedBefore(id("m" + m), offset));
            }
        }
    }

    @Test
    void above_the_bound_the_oldest_ids_are_removed_and_from_increases() {
        ids.completeFrom(0);
        for (int i = 0; i < 2_000; i++) {
            ids.add(asked(i, "m" + i, SESSION));
        }

        assertThat(ids.size()).isLessThanOrEqualTo(1_000);
        assertThat(ids.from()).isPositive();
        for (int i = (int) ids.from(); i < 2_000; i++) {
            assertThat(ids.wasAskedBefore(id("m" + i), 5_000)).isTrue();
        }
    }

    @Test
    void a_bound_that_was_exceeded_before_completion_counts() {
        for (int i = 0; i < 2_000; i++) {
            ids.add(asked(i, "m" + i, SESSION));
        }
        ids.completeFrom(0);

        assertThat(ids.isComplete()).isTrue();
        assertThat(ids.wasAskedBefore(id("m" + ids.from()), 5_000)).isTrue();
        assertThat(ids.wasAskedBefore(id("m" + (ids.from() - 1)), 5_000)).isFalse();
    }

    @Test
    void commands_that_are_not_in_the_log_any_more_are_removed() {
        ids.add(asked(3, "old", SESSION));
        ids.add(asked(8, "m", SESSION));
        ids.completeFrom(0);

        ids.forgetBelow(5);

        assertThat(ids.from()).isEqualTo(5);
        assertThat(ids.wasAskedBefore(id("old"), 9)).isFalse();
        assertThat(ids.wasAskedBefore(id("m"), 9)).isTrue();
    }

    private Asked asked(long offset, String message, SessionKey session) {
        return new Asked(offset, hash.of(id(message)), hash.of(session));
    }

    private Asked deleted(long offset, SessionKey session) {
        return new Asked(offset, 0, hash.of(session));
    }

    private static StreamId id(String message) {
        return StreamId.of("u", message);
    }
}
