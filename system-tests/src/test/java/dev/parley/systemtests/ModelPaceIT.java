package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.model.DirectCall;
import dev.parley.systemtests.model.FakeModel.Spoken;
import dev.parley.systemtests.model.Plan;
import dev.parley.systemtests.model.Plan.Ending;
import dev.parley.systemtests.setup.Cluster;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Parley does not slow a model down: many answers at the same time take as long with Parley as without. Both are requested at the same
 * moment, so that other load on the machine affects both. In the short form the time before the first token is more than the promised
 * share of an answer, so there the promise is checked for the time from the first to the last token only.
 *
 * <pre>./mvnw verify -pl system-tests -am -Pfaults -Dit.test=ModelPaceIT -Dparley.seed=1 -Dparley.faults.answers=100 \
 *     -Dparley.faults.tokens=1000 -Dparley.faults.repeats=3</pre>
 */
class ModelPaceIT extends FaultTest {

    private static final int ANSWERS = Form.size("answers", 25, 100);
    private static final int TOKENS = Form.size("tokens", 500, 1_000);
    private static final int RATE = Form.size("rate", 50, 50);
    private static final int WARM_UPS = Form.size("warm_ups", 1, 5);
    private static final int WARM_UP_TOKENS = Form.size("warm_up_tokens", 50, 100);
    private static final double NO_LONGER_THAN = 1.02;

    private static final Plan PLAN = Plan.of(TOKENS, Duration.ofSeconds(1).dividedBy(RATE), Ending.DONE);

    ModelPaceIT(Cluster cluster) {
        super(cluster);
    }

    /**
     * @param wallNanos from the first request to the last end
     * @param calls of the model, one for each answer
     */
    private record Batch(long wallNanos, List<Call> calls) {
        /** From the model's first write to its last. */
        Latencies provider() {
            return Latencies.ofNanos(calls.stream()
                    .mapToLong(call -> call.spoken().last() - call.spoken().first()));
        }

        /** From the message to the model's first write. */
        Latencies begun() {
            return Latencies.ofNanos(
                    calls.stream().mapToLong(call -> call.spoken().first() - call.askedNanos()));
        }

        /** From the model's last write to the end at the client. */
        Latencies ended() {
            return Latencies.ofNanos(calls.stream()
                    .mapToLong(call -> call.endedNanos() - call.spoken().last()));
        }
    }

    /** All by {@link System#nanoTime}. */
    private record Call(long askedNanos, Spoken spoken, long endedNanos) {}

    @ParameterizedTest
    @MethodSource("dev.parley.systemtests.Form#rounds")
    void answers_take_as_long_as_the_model_takes(int round) throws Exception {
        List<ChatClient> clients = connectAll(ANSWERS);
        warmUp(clients);
        List<Running> streams = new ArrayList<>();

        List<Batch> batches = AtOnce.all(List.of(this::direct, () -> throughParley(clients, streams)));

        Batch direct = batches.getFirst();
        Batch parley = batches.getLast();
        Latencies clientSpans = Latencies.ofNanos(streams.stream().mapToLong(ModelPaceIT::span));
        double wall = (double) parley.wallNanos() / direct.wallNanos();
        printFigures(
                "%d answers of %d tokens at %d/s: wall %.3f s, directly %.3f s, ratio %.4f; first to last write of the model %s,"
                        + " directly %s; first to last chunk at the client %s",
                ANSWERS,
                TOKENS,
                RATE,
                parley.wallNanos() / 1e9,
                direct.wallNanos() / 1e9,
                wall,
                parley.provider(),
                direct.provider(),
                clientSpans);
        printFigures(
                "from the question to the acknowledgement %s, to stream_start %s, to the model's first write %s (directly %s), to the"
                        + " first chunk %s; from the model's last write to the end %s (directly %s)",
                first(streams, "stream_acknowledged"),
                first(streams, "stream_start"),
                parley.begun(),
                direct.begun(),
                first(streams, "content_chunk"),
                parley.ended(),
                direct.ended());
        if (Form.isLong()) {
            assertThat(wall).as("wall time, relative to that without Parley").isLessThanOrEqualTo(NO_LONGER_THAN);
        }
        assertThat(ratio(parley.provider(), direct.provider()))
                .as("the model does not wait for Parley")
                .isLessThanOrEqualTo(NO_LONGER_THAN);
        assertThat(ratio(clientSpans, parley.provider()))
                .as("first to last chunk, relative to the model's time")
                .isLessThanOrEqualTo(NO_LONGER_THAN);
    }

    /** Warms the processes up, so that no measured start is their first. */
    private void warmUp(List<ChatClient> clients) throws InterruptedException {
        Plan few = Plan.of(WARM_UP_TOKENS, Duration.ofSeconds(1).dividedBy(RATE), Ending.DONE);
        for (int n = 0; n < WARM_UPS; n++) {
            String session = "warm-up-" + n;
            assertComplete(
                    clients.stream()
                            .map(client -> ask(client, session, few).stream())
                            .toList(),
                    HEALED_WITHIN);
        }
    }

    private Batch throughParley(List<ChatClient> clients, List<Running> streams) throws InterruptedException {
        long began = System.nanoTime();
        List<OfModel> asked =
                clients.stream().map(client -> ask(client, "s-1", PLAN)).toList();
        asked.stream().map(OfModel::stream).forEach(streams::add);
        assertComplete(streams, HEALED_WITHIN);
        List<Call> calls = new ArrayList<>();
        for (OfModel each : asked) {
            calls.add(new Call(
                    each.stream().askedNanos(),
                    cluster.model().awaitSpoken(each.message()),
                    each.stream().answer().events().getLast().arrivedNanos()));
        }
        return batch(began, calls);
    }

    private Batch direct() throws InterruptedException {
        List<String> messages =
                Stream.generate(() -> cluster.model().plan(PLAN)).limit(ANSWERS).toList();
        try (HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            long began = System.nanoTime();
            return batch(
                    began,
                    AtOnce.all(messages.stream()
                            .<Callable<Call>>map(message -> () -> directly(http, message))
                            .toList()));
        }
    }

    private Call directly(HttpClient http, String message) throws Exception {
        long asked = System.nanoTime();
        DirectCall.read(http, cluster.model().baseUrl(), message);
        long ended = System.nanoTime();
        return new Call(asked, cluster.model().awaitSpoken(message), ended);
    }

    private static Batch batch(long began, List<Call> calls) {
        return new Batch(calls.stream().mapToLong(Call::endedNanos).max().orElseThrow() - began, calls);
    }

    private static long span(Running stream) {
        List<Frame> chunks = chunks(stream);
        return chunks.getLast().arrivedNanos() - chunks.getFirst().arrivedNanos();
    }

    /** From the message to the first frame of the type. */
    private static Latencies first(List<Running> streams, String type) {
        return Latencies.ofNanos(streams.stream()
                .mapToLong(
                        stream -> Stream.concat(stream.answer().replies().stream(), stream.answer().events().stream())
                                        .filter(frame -> frame.type().equals(type))
                                        .findFirst()
                                        .orElseThrow()
                                        .arrivedNanos()
                                - stream.askedNanos()));
    }

    private static List<Frame> chunks(Running stream) {
        return stream.answer().events().stream()
                .filter(frame -> frame.type().equals("content_chunk"))
                .toList();
    }

    private static double ratio(Latencies some, Latencies others) {
        return (double) some.max().toNanos() / others.max().toNanos();
    }
}
