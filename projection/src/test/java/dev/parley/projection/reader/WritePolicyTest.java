package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.projection.turn.PartitionFold;
import dev.parley.projection.turn.TestLog;
import dev.parley.schema.event.Emotion;
import dev.parley.schema.event.LearningReadiness;
import dev.parley.schema.event.ReasoningStep;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.EmotionUpdate;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;
import dev.parley.schema.event.ThinkingMode;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Claim;
import dev.parley.store.turn.Turn;
import dev.parley.store.write.TurnStore.Draft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class WritePolicyTest {

    private static final SessionKey SESSION = SessionKey.of("ann", "s1");
    private static final StreamId STREAM = StreamId.of("ann", "m1");
    private static final Claim CLAIM = new Claim(1, "a");
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final TestLog log = new TestLog();
    private final PartitionFold fold = new PartitionFold(Duration.ofHours(1));
    private final WritePolicy policy = new WritePolicy(Duration.ofSeconds(1), 100);
    private long seq = 1;

    @Test
    void the_start_is_written_at_once() {
        Turn start = start();

        assertThat(policy.isDue(start, 0)).isTrue();
        assertThat(policy.draft(start).lastSaved()).isEqualTo(Draft.NONE);
    }

    @Test
    void nothing_is_written_again_before_the_interval_is_over() {
        policy.written(start(), 0);
        Turn grown = say(1000);

        assertThat(policy.isDue(grown, SECOND - 1)).isFalse();
        assertThat(policy.isDue(grown, SECOND)).isTrue();
    }

    @Test
    void a_text_is_written_again_when_it_has_doubled() {
        start();
        policy.written(say(1000), 0);

        assertThat(policy.isDue(say(999), 2 * SECOND - 1)).isFalse();
        assertThat(policy.isDue(say(1), 2 * SECOND - 1)).isTrue();
    }

    @Test
    void a_short_text_is_not_written_for_every_few_words() {
        start();
        policy.written(say(1), 0);

        assertThat(policy.isDue(say(511), 2 * SECOND - 1)).isFalse();
        assertThat(policy.isDue(say(1), 2 * SECOND - 1)).isTrue();
    }

    @Test
    void the_first_words_are_written_at_the_next_interval() {
        policy.written(start(), 0);

        assertThat(policy.isDue(say(1), SECOND - 1)).isFalse();
        assertThat(policy.isDue(say(1), SECOND)).isTrue();
    }

    @Test
    void a_slow_text_is_written_when_the_time_since_its_first_words_has_doubled() {
        assertThat(secondsOfWrites(100, _ -> say(1))).containsExactly(0L, 5L, 7L, 9L, 13L, 21L, 37L, 69L);
    }

    @Test
    void the_first_words_after_long_thinking_are_written_at_once_too() {
        assertThat(secondsOfWrites(50, second -> second < 40 ? think() : say(1)))
                .containsExactly(0L, 5L, 7L, 9L, 13L, 21L, 37L, 40L, 42L, 44L, 48L);
    }

    @Test
    void an_emotion_is_written_at_the_next_interval() {
        start();
        policy.written(say(100), 0);
        var emotion = new Emotion("joy", 0.5, 0.5, LearningReadiness.HIGH_READINESS);
        log.event(SESSION, CLAIM, new EmotionUpdate(STREAM.message(), seq++, SESSION.session(), log.now(), emotion));

        assertThat(policy.isDue(readLast(), SECOND)).isTrue();
    }

    @Test
    void what_did_not_change_is_not_written() {
        start();
        Turn turn = say(100);
        policy.written(turn, 0);

        assertThat(policy.isDue(turn, 100 * SECOND)).isFalse();
    }

    @Test
    void the_characters_written_stay_below_three_times_the_text_however_long_it_gets() {
        Turn turn = start();
        long writtenChars = 0;
        for (int token = 0; token < 32_000; token++) {
            turn = say(4);
            long now = token * SECOND / 50;
            if (policy.isDue(turn, now)) {
                policy.written(turn, now);
                writtenChars += turn.answer().text().length();
            }
        }
        long atTheEnd = turn.answer().text().length();
        assertThat(writtenChars + atTheEnd).isBetween(2 * atTheEnd, 3 * atTheEnd);
    }

    /** @param speech what comes in each second from the fifth on */
    private List<Long> secondsOfWrites(int seconds, LongFunction<Turn> speech) {
        List<Long> writes = new ArrayList<>();
        Turn turn = start();
        for (long second = 0; second < seconds; second++) {
            turn = second < 5 ? turn : speech.apply(second);
            if (policy.isDue(turn, second * SECOND)) {
                policy.written(turn, second * SECOND);
                writes.add(second);
            }
        }
        return writes;
    }

    private Turn start() {
        log.event(SESSION, CLAIM, TestLog.start(SESSION, STREAM, "hi", log.now()));
        return readLast();
    }

    private Turn say(int chars) {
        log.event(SESSION, CLAIM, new ContentChunk(STREAM.message(), seq++, "x".repeat(chars), false, null));
        return readLast();
    }

    private Turn think() {
        var step = new ReasoningStep(1, ThinkingMode.ANALYTICAL, "x", null);
        log.event(SESSION, CLAIM, new ThinkingChunk(STREAM.message(), seq++, step));
        return readLast();
    }

    private Turn readLast() {
        fold.read(log.get(log.size() - 1));
        return fold.open().iterator().next();
    }
}
