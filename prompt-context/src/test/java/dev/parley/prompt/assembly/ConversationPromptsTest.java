package dev.parley.prompt.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.prompt.PastTurn;
import dev.parley.prompt.PromptRequest;
import dev.parley.prompt.Prompts.Prompt;
import dev.parley.providers.ModelMessage;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConversationPromptsTest {
    private final FakeHistory history = new FakeHistory();
    private Duration budget = Duration.ofSeconds(20);

    private static final class FakeHistory implements History {
        final List<PastTurn> turns = new ArrayList<>();
        final AtomicInteger asked = new AtomicInteger();
        volatile Runnable before = () -> {};

        @Override
        public List<PastTurn> newest(SessionKey session, int limit) {
            asked.incrementAndGet();
            before.run();
            return turns;
        }
    }

    private Prompt prepare(int turns, int tokens, boolean sessionDeleted, PastTurn... known)
            throws InterruptedException {
        ContextSettings settings = new ContextSettings("System", turns, tokens, budget);
        return new ConversationPrompts(settings, history, System::nanoTime)
                .prepare(request(sessionDeleted, known), _ -> {});
    }

    private static PromptRequest request(boolean sessionDeleted, PastTurn... known) {
        SessionKey session = new SessionKey(new UserId("ada"), new SessionId("s"));
        return new PromptRequest(
                session, StreamId.of("ada", "now"), "Now?", ChatContext.NONE, List.of(known), sessionDeleted);
    }

    private static PastTurn turn(String id, String answer) {
        return new PastTurn(StreamId.of("ada", id), id + "?", answer);
    }

    private static List<String> texts(Prompt prompt) {
        return prompt.messages().stream().map(ModelMessage::text).toList();
    }

    @Test
    void older_turns_come_from_the_projection_and_the_last_ones_from_the_log() throws Exception {
        history.turns.addAll(List.of(turn("one", "1"), turn("two", "stale"), turn("now", "itself")));

        Prompt prompt = prepare(10, 1_000, false, turn("two", "2"));

        assertThat(texts(prompt)).containsExactly("System", "one?", "1", "two?", "2", "Now?");
        assertThat(prompt.used().recentMessagesUsed()).isEqualTo(4);
        assertThat(prompt.used().leftOut()).isNull();
    }

    @Test
    void the_newest_turns_within_the_limits_are_used() throws Exception {
        assertThat(texts(prepare(2, 1_000, false, turn("one", "1"), turn("two", "2"), turn("three", "3"))))
                .containsExactly("System", "two?", "2", "three?", "3", "Now?");
        assertThat(texts(prepare(9, 30, false, turn("one", "x".repeat(80)), turn("two", "y".repeat(80)))))
                .containsExactly("System", "two?", "y".repeat(80), "Now?");
    }

    @Test
    void a_deleted_session_is_not_read() throws Exception {
        history.turns.add(turn("one", "1"));

        assertThat(texts(prepare(10, 1_000, true))).containsExactly("System", "Now?");
        assertThat(history.asked).hasValue(0);
    }

    @Test
    void a_projection_that_fails_is_left_out_and_not_asked_again_at_once() throws Exception {
        history.before = () -> {
            throw new IllegalStateException("away");
        };
        ConversationPrompts prompts =
                new ConversationPrompts(new ContextSettings("", 10, 1_000, Duration.ofSeconds(5)), history, () -> 0);

        assertThat(prompts.prepare(request(false), _ -> {}).used().leftOut()).containsExactly("history");
        assertThat(prompts.prepare(request(false), _ -> {}).used().leftOut()).containsExactly("history");
        assertThat(history.asked).hasValue(1);
    }

    @Test
    void a_projection_that_is_late_is_left_out() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        budget = Duration.ofMillis(50);
        history.before = () -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        };

        assertThat(prepare(10, 1_000, false).used().leftOut()).containsExactly("history");
        interrupted.await();
    }
}
