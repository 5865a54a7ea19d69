package dev.parley.service.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProjectionProgressTest {

    private static final Duration OFTEN = Duration.ofMillis(1);

    /** Each answer is taken only after the one before it was processed. */
    private final SynchronousQueue<Object> answers = new SynchronousQueue<>();

    private final BlockingQueue<Object> asked = new LinkedBlockingQueue<>();
    private final AtomicBoolean wanted = new AtomicBoolean(true);
    private final ProjectionProgress progress = new ProjectionProgress(this::read, OFTEN, wanted::get);

    @SuppressWarnings("unchecked")
    private Map<Integer, Long> read() throws InterruptedException, TimeoutException {
        asked.add("asked");
        Object answer = answers.take();
        if (answer instanceof TimeoutException late) {
            throw late;
        }
        if (answer instanceof RuntimeException refused) {
            throw refused;
        }
        return (Map<Integer, Long>) answer;
    }

    private void answer(Object what) throws InterruptedException {
        assertThat(asked.poll(10, TimeUnit.SECONDS)).isNotNull();
        answers.put(what);
    }

    /** The previous answer has been processed. */
    private void nextQuestion() throws InterruptedException {
        Object question = asked.poll(10, TimeUnit.SECONDS);
        assertThat(question).isNotNull();
        asked.add("asked");
    }

    @AfterEach
    void close() {
        progress.close();
    }

    @Test
    void nothing_is_known_before_the_first_answer() {
        assertThat(progress.writtenTo(0)).isEqualTo(OptionalLong.empty());
        assertThat(progress.hasReached(Map.of(0, 1L))).isFalse();
    }

    @Test
    void an_empty_log_is_reached_without_an_answer() {
        assertThat(progress.hasReached(Map.of())).isTrue();
        assertThat(progress.hasReached(Map.of(0, 0L, 1, 0L))).isTrue();
    }

    @Test
    void every_partition_must_be_reached() throws Exception {
        progress.start();
        answer(Map.of(0, 5L, 1, 9L));
        nextQuestion();

        assertThat(progress.hasReached(Map.of(0, 5L, 1, 9L))).isTrue();
        assertThat(progress.hasReached(Map.of(0, 5L, 1, 10L))).isFalse();
        assertThat(progress.hasReached(Map.of(0, 5L, 2, 1L))).isFalse();
        assertThat(progress.writtenTo(1)).isEqualTo(OptionalLong.of(9));
        assertThat(progress.writtenTo(2)).isEqualTo(OptionalLong.of(0));
    }

    @Test
    void a_missing_group_has_reached_nothing() throws Exception {
        progress.start();
        answer(Map.of());
        nextQuestion();

        assertThat(progress.hasReached(Map.of(0, 1L))).isFalse();
        assertThat(progress.writtenTo(0)).isEqualTo(OptionalLong.of(0));
    }

    @Test
    void the_last_positions_stay_while_the_brokers_do_not_answer() throws Exception {
        progress.start();
        answer(Map.of(0, 5L));
        answer(new TimeoutException("away"));
        answer(new IllegalStateException("refused"));
        nextQuestion();
        assertThat(progress.writtenTo(0)).isEqualTo(OptionalLong.of(5));

        answer(Map.of(0, 7L));
        nextQuestion();
        assertThat(progress.writtenTo(0)).isEqualTo(OptionalLong.of(7));
    }

    @Test
    void no_request_is_made_while_none_is_wanted() throws Exception {
        BlockingQueue<Object> looked = new LinkedBlockingQueue<>();
        AtomicBoolean read = new AtomicBoolean();
        try (ProjectionProgress unwanted = new ProjectionProgress(
                () -> {
                    read.set(true);
                    return Map.of();
                },
                OFTEN,
                () -> {
                    looked.add("looked");
                    return false;
                })) {
            unwanted.start();
            for (int i = 0; i < 3; i++) {
                assertThat(looked.poll(10, TimeUnit.SECONDS)).isNotNull();
            }
        }
        assertThat(read).isFalse();
    }
}
