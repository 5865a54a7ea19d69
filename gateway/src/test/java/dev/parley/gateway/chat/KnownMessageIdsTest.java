package dev.parley.gateway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.chat.KnownMessageIds.IdState;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.RecordKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class KnownMessageIdsTest {

    private static final int PARTITIONS = 4;
    private static final UserId ADA = new UserId("ada");
    private static final int PARTITION = RecordKey.partition(ADA, PARTITIONS);

    private final AtomicBoolean warm = new AtomicBoolean();
    private final KnownMessageIds repeats = new KnownMessageIds(4_000, warm::get);

    @Test
    void nothing_can_be_judged_before_the_partitions_are_known() {
        repeats.add(PARTITION, 1, chat("s", "m"));
        repeats.onPastRead();
        warm.set(true);
        assertThat(repeats.state(id("m"))).isEqualTo(IdState.UNKNOWN);
        assertThat(repeats.hasCommandBefore(id("m"), 5)).isFalse();
    }

    @Test
    void what_is_not_found_is_new_only_when_the_past_is_read_and_the_tail_is_warm() {
        repeats.begin(PARTITIONS);
        assertThat(repeats.state(id("m"))).isEqualTo(IdState.UNKNOWN);
        repeats.onPastRead();
        assertThat(repeats.state(id("m"))).isEqualTo(IdState.UNKNOWN);
        warm.set(true);
        assertThat(repeats.state(id("m"))).isEqualTo(IdState.NEW);
    }

    @Test
    void what_is_found_is_a_repeat_even_while_the_past_is_being_read() {
        repeats.begin(PARTITIONS);
        repeats.add(PARTITION, 7, chat("s", "m"));
        assertThat(repeats.state(id("m"))).isEqualTo(IdState.DUPLICATE);
        assertThat(repeats.state(id("other"))).isEqualTo(IdState.UNKNOWN);
        assertThat(repeats.state(new StreamId(new UserId("eve"), new MessageId("m"))))
                .as("an id of another user is another one")
                .isEqualTo(IdState.UNKNOWN);
    }

    @Test
    void an_id_is_new_again_as_soon_as_the_deletion_is_read_even_before_its_command() {
        repeats.begin(PARTITIONS);
        repeats.add(PARTITION, 1, chat("s", "m"));
        repeats.onPastRead();
        warm.set(true);

        repeats.onConversationDeleted(PARTITION, 3, new SessionKey(ADA, new SessionId("s")));

        assertThat(repeats.state(id("m"))).isEqualTo(IdState.NEW);
        repeats.add(PARTITION, 3, delete("s"));
        repeats.add(PARTITION, 5, chat("s", "m"));
        assertThat(repeats.state(id("m"))).isEqualTo(IdState.DUPLICATE);
    }

    @Test
    void an_id_of_a_deleted_conversation_is_new_again_in_whatever_order_the_commands_are_read() {
        List<Runnable> commands = List.of(
                () -> repeats.add(PARTITION, 1, chat("s", "m")),
                () -> repeats.add(PARTITION, 2, chat("t", "other")),
                () -> repeats.add(PARTITION, 3, delete("s")));
        for (int first = 0; first < commands.size(); first++) {
            repeats.begin(PARTITIONS);
            for (int i = 0; i < commands.size(); i++) {
                commands.get((first + i) % commands.size()).run();
            }
            repeats.onPastRead();
            warm.set(true);
            assertThat(repeats.state(id("m"))).isEqualTo(IdState.NEW);
            assertThat(repeats.state(id("other"))).isEqualTo(IdState.DUPLICATE);
            assertThat(repeats.hasCommandBefore(id("m"), 3)).isTrue();
            repeats.add(PARTITION, 9, chat("s", "m"));
            assertThat(repeats.state(id("m"))).isEqualTo(IdState.DUPLICATE);
            assertThat(repeats.hasCommandBefore(id("m"), 9))
                    .as("the first of its second life")
                    .isFalse();
        }
    }

    @Test
    void only_an_earlier_command_makes_one_a_repeat() {
        repeats.begin(PARTITIONS);
        repeats.add(PARTITION, 7, chat("s", "m"));
        assertThat(repeats.hasCommandBefore(id("m"), 7)).isFalse();
        assertThat(repeats.hasCommandBefore(id("m"), 8)).isTrue();
    }

    @Test
    void what_waits_for_the_tail_runs_when_that_has_read_so_far_and_once() {
        List<String> ran = new ArrayList<>();
        repeats.begin(PARTITIONS);
        repeats.whenRead(PARTITION, 5, () -> ran.add("five"));
        repeats.whenRead(PARTITION, 9, () -> ran.add("nine"));
        repeats.onRead((PARTITION + 1) % PARTITIONS, 100);
        repeats.onRead(PARTITION, 4);
        assertThat(ran).isEmpty();
        repeats.onRead(PARTITION, 6);
        assertThat(ran).containsExactly("five");
        repeats.whenRead(PARTITION, 6, () -> ran.add("at once"));
        assertThat(ran).containsExactly("five", "at once");
        repeats.onRead(PARTITION, 9);
        repeats.onRead(PARTITION, 10);
        assertThat(ran).containsExactly("five", "at once", "nine");
    }

    @Test
    void of_many_ids_the_newest_are_remembered() {
        KnownMessageIds few = new KnownMessageIds(400, () -> true);
        few.begin(PARTITIONS);
        for (int i = 0; i < 1_000; i++) {
            few.add(PARTITION, i, chat("s", "m" + i));
        }
        few.onPastRead();
        assertThat(few.state(id("m999"))).isEqualTo(IdState.DUPLICATE);
        assertThat(few.state(id("m0"))).as("the workers ask the store").isEqualTo(IdState.NEW);
    }

    private static StreamId id(String message) {
        return new StreamId(ADA, new MessageId(message));
    }

    private static Command chat(String session, String message) {
        return new Command.ChatStream(
                new MessageId(message),
                new SessionId(session),
                ADA,
                "hello",
                ChatContext.NONE,
                OnBusy.ENQUEUE,
                Priority.MEDIUM,
                Instant.EPOCH,
                "gateway");
    }

    private static Command delete(String session) {
        return new Command.DeleteConversation(new SessionId(session), ADA, Instant.EPOCH, "gateway");
    }
}
