package dev.parley.gateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.schema.kafka.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Checks what bad input must not affect: another user's stream, which runs while this is open; {@code chat.commands}; and the log, which must contain
 * no text of the input.
 */
public final class Bystander implements AutoCloseable {

    private static final int PARTITIONS = 4;
    private static final long CHUNK_EVERY_MS = 20;

    private final SocketClient witness;
    private final Worker worker;
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    private final KafkaConsumer<byte[], byte[]> commands;
    private final List<TopicPartition> partitions;
    private final LogCapture log;
    private long commandsBefore;

    private Bystander(GatewayNode node, Backends backends, String token) {
        this.witness = SocketClient.connectWithToken(node, token);
        String neighbour = witness.await("connect").path("user_id").asString();
        witness.send("chat_stream", Map.of("message_id", "m", "session_id", "s", "message", "hi"));
        witness.await("stream_acknowledged");
        this.worker = Worker.of(backends, neighbour, "s", "m").start().flush();
        witness.await("stream_start");
        this.commands = new KafkaConsumer<>(
                Map.of("bootstrap.servers", backends.bootstrapServers(), "fetch.max.wait.ms", 20),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(each -> new TopicPartition(Topics.COMMANDS, each))
                .toList();
        this.commandsBefore = commandsWritten();
        this.log = LogCapture.open();
        var unused =
                writer.scheduleWithFixedDelay(() -> worker.chunks(1).flush(), 0, CHUNK_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /** Begins the neighbour's stream. */
    public static Bystander of(GatewayNode node, Backends backends) {
        return of(node, backends, node.token(Backends.unique("neighbour")));
    }

    /** Begins the stream of the neighbour with this token. */
    public static Bystander of(GatewayNode node, Backends backends, String token) {
        return new Bystander(node, backends, token);
    }

    private synchronized long commandsWritten() {
        return commands.endOffsets(partitions).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Checks that nothing was published since the last check, and that the neighbour still gets events. */
    public void seesNothingPublished() {
        seesPublished(0);
    }

    /** Checks that exactly so many commands were published since the last check. */
    public void seesPublished(int count) {
        long before = commandsBefore;
        commandsBefore = commandsWritten();
        assertThat(commandsBefore - before).as("new records in chat.commands").isEqualTo(count);
        assertStreamContinues();
    }

    private void assertStreamContinues() {
        int seen = events().size();
        Await.until("the neighbour's next event", () -> events().size() > seen);
        assertThat(witness.isOpen()).as("the neighbour's socket").isTrue();
    }

    private List<String> events() {
        return witness.frames().stream()
                .filter(frame -> frame.contains("\"seq\":"))
                .toList();
    }

    /** Checks that no line of the log contains one of these texts. */
    public void findsNothingInTheLog(String... texts) {
        for (String text : texts) {
            assertThat(log.lines()).as("lines of the log").noneMatch(line -> line.contains(text));
        }
    }

    /** Ends the neighbour's stream, and checks that the neighbour has all of it byte for byte. */
    @Override
    public void close() {
        try {
            writer.close();
            worker.complete().flush();
            witness.await("stream_complete");
            assertThat(events()).isEqualTo(worker.written());
            assertThat(worker.written()).hasSizeGreaterThan(3);
        } finally {
            log.close();
            witness.close();
            worker.close();
            commands.close();
        }
    }
}
