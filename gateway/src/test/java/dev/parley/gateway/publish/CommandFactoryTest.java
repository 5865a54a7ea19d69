package dev.parley.gateway.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.auth.Caller;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.UserId;
import dev.parley.token.Role;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandFactoryTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");

    private final CommandFactory commands = new CommandFactory("gateway-7", OnBusy.INTERRUPT);

    @Test
    void the_user_comes_from_the_token_and_absent_fields_get_their_defaults() {
        Command.ChatStream command = commands.chatStream(frame("hello", null), caller(Priority.MEDIUM), NOW);
        assertThat(command.userId()).isEqualTo(new UserId("ada"));
        assertThat(command.gatewayId()).isEqualTo("gateway-7");
        assertThat(command.submittedAt()).isEqualTo(Instant.parse("2026-01-02T03:04:05.678Z"));
        assertThat(command.onBusy()).isEqualTo(OnBusy.INTERRUPT);
        assertThat(command.context()).isEqualTo(ChatContext.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "HIGH, CRITICAL, HIGH",
        "HIGH, HIGH, HIGH",
        "HIGH, LOW, LOW",
        "LOW, CRITICAL, LOW",
        "CRITICAL, CRITICAL, CRITICAL",
        "MEDIUM, , MEDIUM",
        "LOW, , LOW"
    })
    void the_priority_is_at_most_that_of_the_token(Priority ceiling, @Nullable Priority asked, Priority given) {
        assertThat(commands.chatStream(frame("x", asked), caller(ceiling), NOW).priority())
                .isEqualTo(given);
    }

    @Test
    void lone_surrogates_are_replaced_in_all_texts_of_clients() {
        ClientFrame.ChatStream frame = new ClientFrame.ChatStream(
                new MessageId("m"),
                new SessionId("s"),
                "a\uD800b",
                new ChatContext("\uDC00", null, null, "p\uD800", "m\uD800", "c\uD800"),
                null,
                null);
        Command.ChatStream command = commands.chatStream(frame, caller(Priority.LOW), NOW);
        assertThat(command.message()).isEqualTo("a\uFFFDb");
        assertThat(command.context()).isEqualTo(new ChatContext("\uFFFD", null, null, "p\uFFFD", "m\uFFFD", "c\uFFFD"));
    }

    @Test
    void a_message_may_have_32768_utf16_units_and_no_more() {
        assertThat(CommandFactory.refusalOf(frame("😀".repeat(16_384), null))).isNull();
        assertThat(CommandFactory.refusalOf(frame("😀".repeat(16_384) + "a", null)))
                .isNotNull()
                .extracting(Refusal::code)
                .isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
    }

    @Test
    void a_stop_is_written_with_the_session_of_the_stream() {
        Command.StopGeneration stop = commands.stopGeneration(
                new ClientFrame.StopGeneration(new MessageId("m"), new SessionId("named")),
                new SessionId("actual"),
                caller(Priority.LOW),
                NOW);
        assertThat(stop.sessionId()).isEqualTo(new SessionId("actual"));
    }

    private static ClientFrame.ChatStream frame(String text, @Nullable Priority priority) {
        return new ClientFrame.ChatStream(new MessageId("m"), new SessionId("s"), text, null, null, priority);
    }

    private static Caller caller(Priority ceiling) {
        return new Caller(new UserId("ada"), Set.of(Role.USER), ceiling, NOW.plusSeconds(60));
    }
}
