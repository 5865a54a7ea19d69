package dev.parley.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.engine.provider.ProviderException;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@WithBackends
class WorkerIT {
    private final TestWorkers workers;
    private final Backends backends;

    WorkerIT(Backends backends) {
        this.backends = backends;
        this.workers = new TestWorkers(backends.bootstrapServers());
    }

    @AfterEach
    void closeWorkers() throws Exception {
        workers.close();
    }

    private TestLog user() {
        return new TestLog(backends.bootstrapServers(), Backends.unique("user"));
    }

    @Test
    void a_message_becomes_a_stream_without_a_gap_and_with_its_digest() throws Exception {
        FakeModel model = workers.start().model();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            FakeModel.Call call = model.awaitCall();
            call.say("Hel").say("lo ").say("😀");
            log.await("m1", stream -> stream.text().equals("Hello 😀"));
            call.finish();

            TestLog.Stream stream = log.awaitEnd("m1");
            StreamComplete end = stream.last(StreamComplete.class);
            assertThat(stream.events)
                    .extracting(StreamEvent::seq)
                    .containsExactlyElementsOf(
                            LongStream.range(0, stream.events.size()).boxed().toList());
            assertThat(end.fullContent()).isEqualTo("Hello 😀");
            assertThat(end.contentSha256()).isEqualTo(sha256("Hello 😀"));
            assertThat(call.request().messages().getLast().text()).isEqualTo("Hello?");
        }
    }

    @Test
    void a_stop_closes_the_model_and_keeps_the_text() throws Exception {
        FakeModel model = workers.start().model();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            FakeModel.Call call = model.awaitCall().say("half");
            log.await("m1", stream -> stream.has(ContentChunk.class));
            log.stop("s", "m1");
            log.stop("s", "m1");

            GenerationStopped end = log.awaitEnd("m1").last(GenerationStopped.class);
            assertThat(end.partialContent()).isEqualTo("half");
            assertThat(end.reason()).isEqualTo(StopReason.USER_CANCELLED);
            assertThat(call.awaitClosed()).isTrue();
        }
    }

    @Test
    void a_failing_model_ends_the_stream_with_its_partial_text() throws Exception {
        FakeModel model = workers.start().model();
        try (TestLog log = user()) {
            log.ask("s", "m1", "Hello?");
            model.awaitCall().say("half").fail(ProviderException.Kind.UNAVAILABLE);

            StreamError end = log.awaitEnd("m1").last(StreamError.class);
            assertThat(end.partialContent()).isEqualTo("half");
            assertThat(end.error().code()).isEqualTo(ErrorCode.AI_PROVIDER_UNAVAILABLE);
        }
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
