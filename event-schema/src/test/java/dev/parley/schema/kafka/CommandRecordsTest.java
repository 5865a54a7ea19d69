package dev.parley.schema.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.Command.DeleteConversation;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.Decoded;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandRecordsTest {

    private static final Instant NOW = Instant.parse("2026-03-14T15:09:26.535Z");
    private static final UserId USER = new UserId("tenant/42");

    static List<Command> commands() {
        MessageId message = new MessageId("m-1");
        SessionId session = new SessionId("s-1");
        return List.of(
                new ChatStream(
                        message, session, USER, "hi", ChatContext.NONE, OnBusy.ENQUEUE, Priority.LOW, NOW, "g-1"),
                new StopGeneration(message, session, USER, NOW, "g-1"),
                new DeleteConversation(session, USER, NOW, "g-1"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_command_is_decoded_from_its_record(Command command) {
        ProducerRecord<String, byte[]> sent = CommandRecords.of(command, 64, null);

        assertThat(sent.key()).isEqualTo("tenant%2F42/s-1");
        assertThat(CommandRecords.read(consumed(sent.key(), sent.value()))).isEqualTo(new Decoded.Ok<>(command));
    }

    @Test
    void all_commands_of_a_user_are_in_one_partition_for_any_session() {
        assertThat(List.of("a", "b", "c", "d", "e", "f").stream()
                        .map(session -> new DeleteConversation(new SessionId(session), USER, NOW, "g-1"))
                        .map(command -> CommandRecords.of(command, 64, null).partition())
                        .distinct())
                .containsExactly(RecordKey.partition(USER, 64));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ada/s-1", "tenant%2F42/s-2", "tenant/42/s-1", "tenant%2f42/s-1", "", "/"})
    void a_value_under_the_key_of_another_session_is_malformed(String key) {
        byte[] value = CommandRecords.of(commands().getFirst(), 64, null).value();

        assertThat(CommandRecords.read(consumed(key, value))).isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    void arbitrary_bytes_are_malformed_and_never_cause_an_exception() {
        Random random = new Random(ThreadLocalRandom.current().nextLong());
        byte[] good = CommandRecords.of(commands().getFirst(), 64, null).value();

        assertThat(CommandRecords.read(consumed(null, good))).isInstanceOf(Decoded.Malformed.class);
        assertThat(CommandRecords.read(consumed("tenant%2F42/s-1", null))).isInstanceOf(Decoded.Malformed.class);
        for (int i = 0; i < 20_000; i++) {
            byte[] value = good.clone();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                value[random.nextInt(value.length)] = (byte) random.nextInt();
            }
            assertThat(CommandRecords.read(consumed("tenant%2F42/s-1", value))).isNotNull();
        }
    }

    @Test
    void a_type_of_a_later_version_is_distinguished() {
        assertThat(CommandRecords.read(consumed("a/s", "{\"type\":\"dance\",\"data\":{}}".getBytes(UTF_8))))
                .isEqualTo(new Decoded.UnknownType<>("dance"));
    }

    private static ConsumerRecord<String, byte[]> consumed(@Nullable String key, byte @Nullable [] value) {
        return new ConsumerRecord<>(Topics.COMMANDS, 0, 0, key, value);
    }
}
