package dev.parley.projection.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.projection.turn.TurnFold.Step;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.ReasoningStep;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StoppedMetadata;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;
import dev.parley.schema.event.ThinkingMode;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Claim;
import dev.parley.store.turn.Outcome;
import dev.parley.store.turn.Turn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TurnFoldTest {

    private static final SessionKey SESSION = SessionKey.of("ann", "s1");
    private static final StreamId STREAM = StreamId.of("ann", "m1");
    private static final Claim FIRST = new Claim(1, "a");
    private static final Claim SECOND = new Claim(2, "b");
    private static final Tokens TOKENS = new Tokens(1, 2, 0, 3, true);

    private final TestLog log = new TestLog();

    @Test
    void an_answer_is_its_chunks_joined_and_its_thoughts_in_order() {
        start();
        think(1, 1, "first");
        say(FIRST, 2, "Hel");
        think(3, 2, "second");
        say(FIRST, 4, "lo 😀");

        Turn turn = fold();

        assertThat(turn.question().message()).isEqualTo("hi?");
        assertThat(turn.answer().text().joined()).isEqualTo("Hello 😀");
        assertThat(turn.answer().thinking().toList())
                .extracting(ReasoningStep::description)
                .containsExactly("first", "second");
        assertThat(turn.outcome()).isEqualTo(new Outcome.Streaming());
        assertThat(turn.trace().events()).isEqualTo(5);
        assertThat(turn.trace().lastOffset()).isEqualTo(4);
    }

    @Test
    void a_stopped_answer_keeps_its_text() {
        start();
        say(FIRST, 1, "half an ans");
        StoppedMetadata metadata = new StoppedMetadata("fake", "fake-1", TOKENS, null, 9);
        log.event(
                SESSION,
                FIRST,
                new GenerationStopped(
                        STREAM.message(),
                        2,
                        SESSION.session(),
                        log.now(),
                        "ai-m1",
                        StopReason.INTERRUPTED,
                        "half an ans",
                        metadata));

        Turn turn = fold();

        assertThat(turn.answer().text().joined()).isEqualTo("half an ans");
        assertThat(turn.outcome()).isEqualTo(new Outcome.Stopped(log.now(), StopReason.INTERRUPTED, metadata));
        assertThat(turn.trace().degraded()).isFalse();
    }

    @Test
    void a_failed_answer_keeps_its_text() {
        start();
        say(FIRST, 1, "half");
        Failure failure = new Failure(ErrorCode.GENERATION_TIMEOUT, "late", null, true);
        log.event(
                SESSION,
                FIRST,
                new StreamError(STREAM.message(), 2, SESSION.session(), log.now(), "ai-m1", failure, "half"));

        Turn turn = fold();

        assertThat(turn.answer().text().joined()).isEqualTo("half");
        assertThat(turn.outcome()).isEqualTo(new Outcome.Failed(log.now(), failure));
    }

    @Test
    void times_are_those_of_the_records_and_not_of_the_writers_clocks() {
        Instant begin = log.now();
        log.event(SESSION, FIRST, TestLog.start(SESSION, STREAM, "hi?", begin.plus(Duration.ofHours(3))));
        log.at(begin.plusSeconds(5));
        endAt(begin.minus(Duration.ofHours(2)));

        Turn turn = fold();

        assertThat(turn.question().askedAt()).isEqualTo(TestLog.ASKED_AT);
        assertThat(turn.question().at()).isEqualTo(begin);
        assertThat(turn.outcome()).isInstanceOf(Outcome.Failed.class);
        assertThat(((Outcome.Over) turn.outcome()).at()).isEqualTo(begin.plusSeconds(5));
    }

    @Test
    void a_stream_of_an_older_version_keeps_its_writers_times() {
        Instant begin = log.now().minus(Duration.ofMinutes(1));
        startOfOlderVersion(begin);
        endAt(begin.plusSeconds(9));

        assertThat(fold().question().at()).isEqualTo(begin);
        assertThat(((Outcome.Over) fold().outcome()).at()).isEqualTo(begin.plusSeconds(9));
    }

    @Test
    void a_stream_of_an_older_version_never_ends_before_it_began() {
        Instant begin = log.now();
        startOfOlderVersion(begin);
        endAt(begin.minus(Duration.ofHours(2)));

        assertThat(((Outcome.Over) fold().outcome()).at()).isEqualTo(begin);
    }

    private void startOfOlderVersion(Instant writersTime) {
        log.event(
                SESSION,
                FIRST,
                new StreamStart(
                        STREAM.message(),
                        0,
                        SESSION.session(),
                        writersTime,
                        "ai-m1",
                        SESSION.user(),
                        "hi?",
                        null,
                        ChatContext.NONE,
                        new StartMetadata("scripted", "scripted-1", "general", null)));
    }

    private void endAt(Instant writersTime) {
        log.event(
                SESSION,
                FIRST,
                new StreamError(
                        STREAM.message(),
                        1,
                        SESSION.session(),
                        writersTime,
                        "ai-m1",
                        new Failure(ErrorCode.GENERATION_TIMEOUT, "late", null, true),
                        ""));
    }

    @Test
    void a_takeover_continues_where_the_first_writer_was_and_later_records_of_that_one_do_not_count() {
        start();
        say(FIRST, 1, "one ");
        log.takeover(SESSION, STREAM, SECOND);
        say(FIRST, 2, "zombie ");
        say(SECOND, 2, "two");
        say(SECOND, 2, "two");

        Turn turn = fold();

        assertThat(turn.answer().text().joined()).isEqualTo("one two");
        assertThat(turn.trace().attempts()).isEqualTo(2);
        assertThat(turn.trace().events()).isEqualTo(3);
    }

    @Test
    void an_end_that_contradicts_the_chunks_makes_the_turn_degraded_and_the_chunks_are_kept() {
        start();
        say(FIRST, 1, "the text");
        complete(2, "another text", ContentSha256.of("another text"));

        Turn turn = fold();

        assertThat(turn.answer().text().joined()).isEqualTo("the text");
        assertThat(turn.trace().degraded()).isTrue();
    }

    @Test
    void a_wrong_digest_makes_the_turn_degraded() {
        start();
        say(FIRST, 1, "the text");
        complete(2, "the text", ContentSha256.of("another text"));

        assertThat(fold().trace().degraded()).isTrue();
    }

    @Test
    void a_chunk_that_cannot_be_read_counts_and_the_turn_is_degraded() {
        start();
        say(FIRST, 1, "one ");
        say(FIRST, 2, "lost");
        log.garbleLast("{\"type\":\"content_chunk\",\"data\":{".getBytes(StandardCharsets.UTF_8));
        say(FIRST, 3, "three");

        assertThat(stepOf(2))
                .isInstanceOfSatisfying(
                        Step.Counted.class,
                        step -> assertThat(step.unreadable()).isNotNull());
        Turn turn = fold();
        assertThat(turn.answer().text().joined()).isEqualTo("one three");
        assertThat(turn.trace().events()).isEqualTo(4);
        assertThat(turn.trace().degraded()).isTrue();
    }

    @Test
    void a_value_of_another_event_than_its_headers_name_is_unreadable() {
        start();
        say(FIRST, 1, "one");
        log.garbleLast("{\"type\":\"content_chunk\",\"data\":{\"message_id\":\"m2\",\"seq\":1,\"content\":\"x\"}}"
                .getBytes(StandardCharsets.UTF_8));

        Turn turn = fold();
        assertThat(turn.answer().text().joined()).isEmpty();
        assertThat(turn.trace().degraded()).isTrue();
    }

    @Test
    void a_start_and_an_end_that_cannot_be_read_still_begin_and_end_the_turn() {
        start();
        log.garbleLast(new byte[] {(byte) 0xff});
        say(FIRST, 1, "text");
        complete(2, "text", ContentSha256.of("text"));
        log.garbleLast(new byte[0]);

        Turn turn = fold();
        assertThat(turn.answer().text().joined()).isEqualTo("text");
        assertThat(turn.outcome()).isInstanceOf(Outcome.Failed.class);
        assertThat(turn.trace().degraded()).isTrue();
    }

    @Test
    void more_text_than_a_document_holds_is_left_out_and_makes_the_turn_degraded() {
        start();
        String large = "x".repeat(Turn.MAX_CONTENT_CHARS / 2);
        say(FIRST, 1, large);
        say(FIRST, 2, large);
        say(FIRST, 3, "too much");

        Turn turn = fold();
        assertThat(turn.answer().text().length()).isEqualTo(Turn.MAX_CONTENT_CHARS);
        assertThat(turn.trace().degraded()).isTrue();
    }

    static List<Long> seeds() {
        return new Random(4711)
                .longs(Long.getLong("parley.histories", 100))
                .boxed()
                .toList();
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void a_turn_is_what_its_right_writers_wrote_also_among_wrong_records(long seed) {
        Chaos chaos = Chaos.of(new Random(seed), 300, false);
        chaos.expected().forEach((stream, expected) -> {
            if (expected.status().equals("deleted")) {
                return;
            }
            List<LogRecord.OfStream> latest = recordsOf(stream, chaos.log()).stream()
                    .filter(record -> record.position().offset() >= expected.firstOffset())
                    .toList();
            Turn turn = Objects.requireNonNull(foldAll(latest).turn());
            assertThat(turn.answer().text().joined()).as("%s", chaos.log()).isEqualTo(expected.text());
            assertThat(turn.answer().thinking().toList())
                    .extracting(ReasoningStep::description)
                    .isEqualTo(expected.thoughts());
            assertThat(turn.trace().events()).as("%s", chaos.log()).isEqualTo(expected.events());
            assertThat(turn.trace().attempts()).isEqualTo(expected.attempts());
            assertThat(turn.trace().firstOffset()).isEqualTo(expected.firstOffset());
            assertThat(turn.isOver()).isEqualTo(!expected.status().equals("streaming"));
            assertThat(turn.trace().degraded()).isFalse();
        });
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void folding_a_prefix_and_then_the_rest_equals_folding_all(long seed) {
        Random random = new Random(seed);
        Chaos chaos = Chaos.of(random, 200, false);
        for (StreamId stream : chaos.expected().keySet()) {
            List<LogRecord.OfStream> records = recordsOf(stream, chaos.log());
            int cut = random.nextInt(records.size() + 1);
            TurnFold prefix = foldAll(records.subList(0, cut));
            TurnFold copy = new TurnFold(prefix.log(), prefix.turn());

            TurnFold all = fold(prefix, records.subList(cut, records.size()));

            assertThat(all).isEqualTo(foldAll(records));
            assertThat(prefix).as("untouched").isEqualTo(copy);
        }
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void without_the_dropped_records_the_fold_is_the_same(long seed) {
        Chaos chaos = Chaos.of(new Random(seed), 200, false);
        for (StreamId stream : chaos.expected().keySet()) {
            List<LogRecord.OfStream> records = recordsOf(stream, chaos.log());
            TurnFold all = TurnFold.EMPTY;
            TurnFold onlyCounted = TurnFold.EMPTY;
            for (LogRecord.OfStream record : records) {
                if (all.fold(record) instanceof Step.Counted(TurnFold after, var _)) {
                    all = after;
                    onlyCounted = fold(onlyCounted, List.of(record));
                }
            }
            assertThat(onlyCounted).isEqualTo(foldAll(records));
        }
    }

    private void start() {
        log.event(SESSION, FIRST, TestLog.start(SESSION, STREAM, "hi?", log.now()));
    }

    private void say(Claim claim, long seq, String text) {
        log.event(SESSION, claim, new ContentChunk(STREAM.message(), seq, text, false, null));
    }

    private void think(long seq, int step, String text) {
        var thought = new ReasoningStep(step, ThinkingMode.ANALYTICAL, text, null);
        log.event(SESSION, FIRST, new ThinkingChunk(STREAM.message(), seq, thought));
    }

    private void complete(long seq, String text, String sha256) {
        var metadata = new CompleteMetadata("scripted", "scripted-1", "stop", 10, 5, TOKENS, null, 1, null);
        log.event(
                SESSION,
                FIRST,
                new StreamComplete(
                        STREAM.message(), seq, SESSION.session(), log.now(), "ai-m1", text, metadata, sha256));
    }

    private Turn fold() {
        return Objects.requireNonNull(foldAll(recordsOf(STREAM, log)).turn());
    }

    private Step stepOf(int index) {
        List<LogRecord.OfStream> records = recordsOf(STREAM, log);
        return foldAll(records.subList(0, index)).fold(records.get(index));
    }

    private static List<LogRecord.OfStream> recordsOf(StreamId stream, TestLog log) {
        return log.all().stream()
                .filter(LogRecord.OfStream.class::isInstance)
                .map(LogRecord.OfStream.class::cast)
                .filter(record -> record.stream().equals(stream))
                .toList();
    }

    private static TurnFold foldAll(List<LogRecord.OfStream> records) {
        return fold(TurnFold.EMPTY, records);
    }

    private static TurnFold fold(TurnFold from, List<LogRecord.OfStream> records) {
        TurnFold fold = from;
        for (LogRecord.OfStream record : records) {
            if (fold.fold(record) instanceof Step.Counted(TurnFold after, var _)) {
                fold = after;
            }
        }
        return fold;
    }
}
