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
    private final KnownMessageIds knownIds = new KnownMessageIds(4_000, warm::get);

    @Test
    void every_id_is_unknown_before_the_partitions_are_known() {
        knownIds.add(PARTITION, 1, chat("s", "m"));
        knownIds.onPastRead();
        warm.set(true);
        assertThat(knownIds.state(id("m"))).isEqualTo(IdState.UNKNOWN);
        assertThat(knownIds.hasCommandBefore(id("m"), 5)).isFalse();
    }

    @Test
    void an_id_that_is_not_found_is_new_only_when_the_past_is_read_and_the_tail_is_warm() {
        knownIds.begin(PARTITIONS);
        assertThat(knownIds.state(id("m"))).isEqualTo(IdState.UNKNOWN);
        knownIds.onPastRead();
        assertThat(knownIds.state(id("m"))).isEqualTo(IdState.UNKNOWN);
        warm.set(true);
        assertThat(knownIds.state(id("m"))).isEqualTo(IdState.NEW);
    }

    @Test
    void an_id_that_is_found_is_a_duplicate_even_while_the_past_is_being_read() {
        knownIds.begin(PARTITIONS);
        knownIds.add(PARTITION, 7, chat("s", "m"));
        assertThat(knownIds.state(id("m"))).isEqualTo(IdState.DUPLICATE);
        assertThat(knownIds.state(id("other"))).isEqualTo(IdState.UNKNOWN);
        assertThat(knownIds.state(new StreamId(new UserId("eve"), new MessageId("m"))))
                .as("the same id of another user is another message")
                .isEqualTo(IdState.UNKNOWN);
    }

    @Test
    void an_id_is_new_when_the_deletion_event_is_read_even_before_its_command() {
        knownIds.begin(PARTITIONS);
        knownIds.add(PARTITION, 1, chat("s", "m"));
        knownIds.onPastRead();
        warm.set(true);

        knownIds.onConversationDeleted(PARTITION, 3, new SessionKey(ADA, new SessionId("s")));

        assertThat(knownIds.state(id("m"))).isEqualTo(IdState.NEW);
        knownIds.add(PARTITION, 3, delete("s"));
        knownIds.add(PARTITION, 5, chat("s", "m"));
        assertThat(knownIds.state(id("m"))).isEqualTo(IdState.DUPLICATE);
    }

    @Test
    void an_id_of_a_deleted_conversation_is_new_in_whatever_order_the_commands_are_read() {
        List<Runnable> commands = List.of(
                () -> knownIds.add(PARTITION, 1, chat("s", "m")),
                () -> knownIds.add(PARTITION, 2, chat("t", "other")),
                () -> knownIds.add(PARTITION, 3, delete("s")));
        for (int first = 0; first < commands.size(); first++) {
            knownIds.begin(PARTITIONS);
            for (int i = 0; i < commands.size(); i++) {
                commands.get((first + i) % commands.size()).run();
            }
            knownIds.onPastRead();
            warm.set(true);
            assertThat(knownIds.state(id("m"))).isEqualTo(IdState.NEW);
            assertThat(knownIds.state(id("other"))).isEqualTo(IdState.DUPLICATE);
            assertThat(knownIds.hasCommandBefore(id("m"), 3)).isTrue();
            knownIds.add(PARTITION, 9, chat("s", "m"));
            assertThat(knownIds.state(id("m"))).isEqualTo(IdState.DUPLICATE);
            assertThat(knownIds.hasCommandBefore(id("m"), 9))
                    .as("the first command after the deletion")
                    .isFalse();
        }
    }

    @Test
    void only_an_earlier_command_makes_a_duplicate() {
        knownIds.begin(PARTITIONS);
        knownIds.add(PARTITION, 7, chat("s", "m"));
        assertThat(knownIds.hasCommandBefore(id("m"), 7)).isFalse();
        assertThat(knownIds.hasCommandBefore(id("m"), 8)).isTrue();
    }

    @Test
    void tasks_that_wait_for_the_tail_run_once_when_it_has_read_their_offset() {
        List<String> ran = new ArrayList<>();
        knownIds.begin(PARTITIONS);
        knownIds.whenRead(PARTITION, 5, () -> ran.add("five"));
        knownIds.whenRead(PARTITION, 9, () -> ran.add("nine"));
        knownIds.onRead((PARTITION + 1) % PARTITIONS, 100);
        knownIds.onRead(PARTITION, 4);
        assertThat(ran).isEmpty();
        knownIds.onRead(PARTITION, 6);
        assertThat(ran).containsExactly("five");
        knownIds.whenRead(PARTITION, 6, () -> ran.add("at once"));
        assertThat(ran).containsExactly("five", "at once");
        knownIds.onRead(PARTITION, 9);
        knownIds.onRead(PARTITION, 10);
        assertThat(ran).containsExactly("five", "at once", "nine");
    }

    @Test
    void of_many_ids_the_newest_are_held() {
        KnownMessageIds few = new KnownMessageIds(400, () -> true);
        few.begin(PARTITIONS);
        for (int i = 0; i < 1_000; i++) {
            few.add(PARTITION, i, chat("s", "m" + i));
        }
        few.onPastRead();
        assertThat(few.state(id("m999"))).isEqualTo(IdState.DUPLICATE);
        assertThat(few.state(id("m0")))
                .as("the workers look it up in the store")
                .isEqualTo(IdState.NEW);
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
