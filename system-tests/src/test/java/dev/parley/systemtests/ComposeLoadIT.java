package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.ReceivedStream;
import dev.parley.systemtests.process.Eventually;
import dev.parley.systemtests.script.Script;
import dev.parley.systemtests.setup.Compose;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code docker-compose.yml} unchanged, with its limits: 300 answers at 25 chunks a second, and one of the two workers is killed in the
 * middle, so that the other takes over what it can. The kernel kills nothing, and every answer is complete.
 */
@EnabledIfSystemProperty(named = "parley.containers-load", matches = "true")
class ComposeLoadIT {

    private static final Logger LOG = LoggerFactory.getLogger(ComposeLoadIT.class);

    private static final int ANSWERS = Integer.getInteger("parley.containers-load.answers", 300);
    private static final int CHUNKS = Integer.getInteger("parley.containers-load.chunks", 1_000);
    private static final int RATE = Integer.getInteger("parley.containers-load.rate", 25);
    private static final Duration BOUND = Duration.ofSeconds(Integer.getInteger("parley.containers-load.bound-s", 420));
    /** Longer than any wait of a stream that continues. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private static final String SESSION = "s";

    private final CountDownLatch underWay = new CountDownLatch(ANSWERS);

    /** One user with one answer. */
    private record Outcome(String end, boolean whole, int connections) {}

    @Test
    void all_answers_are_complete_and_the_kernel_kills_nothing() throws Exception {
        try (Compose compose = Compose.up()) {
            long begin = System.nanoTime();
            Thread trouble = Thread.ofVirtual().start(() -> loseAWorker(compose));
            List<Callable<Outcome>> users = new ArrayList<>();
            for (int n = 0; n < ANSWERS; n++) {
                int number = n;
                users.add(() -> answer(number));
            }
            List<Outcome> outcomes = AtOnce.all(users);
            trouble.join();

            TreeMap<String, Integer> ends = new TreeMap<>();
            outcomes.forEach(outcome -> ends.merge(outcome.end(), 1, Integer::sum));
            LOG.info(
                    "{} answers of {} chunks at {} a second: {} after {} s, {} connections; most memory: {}",
                    ANSWERS,
                    CHUNKS,
                    RATE,
                    ends,
                    Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
                    outcomes.stream().mapToInt(Outcome::connections).sum(),
                    Compose.SERVICES.stream().map(compose::memory).toList());
            for (String service : Compose.SERVICES) {
                assertThat(compose.wasKilledForMemory(service))
                        .as("%s was killed for its memory", service)
                        .isFalse();
                assertThat(compose.restarts(service))
                        .as("restarts of %s; the end of its log:\n%s", service, compose.log(service))
                        .isZero();
            }
            assertThat(ends).containsOnlyKeys("stream_complete");
            assertThat(outcomes).allMatch(Outcome::whole);
        }
    }

    /** Kills a worker when all answers are under way, and starts it again. */
    private void loseAWorker(Compose compose) {
        try {
            underWay.await();
            LOG.info("all answers are under way, killing a worker");
            compose.end("worker-1");
            compose.start("worker-1");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads as a client does: reconnects when the connection is lost or silent, and resumes. */
    private Outcome answer(int number) throws InterruptedException {
        Script script = Script.of(CHUNKS, RATE);
        String message = UUID.randomUUID().toString();
        long deadline = System.nanoTime() + BOUND.toNanos();
        StringBuilder text = new StringBuilder();
        long seq = -1;
        Frame end = null;
        int connections = 0;
        while (end == null && System.nanoTime() - deadline < 0) {
            try (ChatClient client = connected("user-" + number, number + connections++)) {
                ReceivedStream stream = seq < 0
                        ? client.ask(SESSION, message, script.message(), Map.of())
                        : client.resume(SESSION, message, seq);
                end = ended(client, stream, seq < 0);
                text.append(stream.text());
                seq = Math.max(
                        seq,
                        stream.events().stream().mapToLong(Frame::seq).max().orElse(-1));
            }
        }
        return end == null
                ? new Outcome("none after " + BOUND, false, connections)
                : new Outcome(
                        end.type(),
                        script.text().contentEquals(text) && script.text().equals(end.text("full_content")),
                        connections);
    }

    /** @param first gateway to be tried */
    private static ChatClient connected(String user, int first) {
        int[] tries = {first};
        return Eventually.await("a gateway that takes " + user, BOUND, () -> {
            URI gateway = Compose.GATEWAYS.get(tries[0]++ % Compose.GATEWAYS.size());
            try {
                return Optional.of(ChatClient.connect(user, gateway));
            } catch (AssertionError | RuntimeException e) {
                LOG.debug("{} cannot connect to {}", user, gateway, e);
                return Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        });
    }

    /** @return the terminal event, or null if nothing more comes on this connection */
    private @Nullable Frame ended(ChatClient client, ReceivedStream stream, boolean isNew) throws InterruptedException {
        int seen = -1;
        boolean begun = !isNew;
        while (client.isOpen() && stream.events().size() > seen) {
            seen = stream.events().size();
            try {
                return stream.awaitEnd(SILENCE);
            } catch (AssertionError notYet) {
                LOG.trace("{} continues", stream.messageId());
            }
            if (!begun && !stream.events().isEmpty()) {
                begun = true;
                underWay.countDown();
            }
        }
        return null;
    }
}
