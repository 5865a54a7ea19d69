package dev.parley.cli;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.kafka.Topics;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code parley tail}. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = "Prints new events, also those that readers drop. Ctrl-C ends it.")
final class TailCommand implements Callable<Integer> {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final int MAX_CHARS = 120;

    @Mixin
    private final Connection connection = new Connection();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--user", description = "only events of this user")
    private @Nullable String user;

    @Option(names = "--session", description = "only events of this conversation")
    private @Nullable String session;

    @Option(names = "--stream", paramLabel = "MESSAGE_ID", description = "only events of this answer")
    private @Nullable String stream;

    @Option(names = "--commands", description = "print commands instead of events")
    private boolean commands;

    @Option(names = "--from-beginning", description = "begin with the oldest record in Kafka")
    private boolean fromBeginning;

    @Option(names = "--max", paramLabel = "N", description = "end after N records")
    private long max = Long.MAX_VALUE;

    @Override
    public Integer call() {
        String topic = commands ? Topics.COMMANDS : Topics.EVENTS;
        PrintWriter out = spec.commandLine().getOut();
        long shown = 0;
        try (var consumer = connection.consumer()) {
            List<TopicPartition> partitions = TopicReads.partitions(consumer, topic);
            consumer.assign(partitions);
            if (fromBeginning) {
                consumer.seekToBeginning(partitions);
            } else {
                consumer.seekToEnd(partitions);
            }
            while (shown < max) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    if (shown < max && isWanted(record)) {
                        out.println(connection.isJson() ? json(record) : line(record));
                        shown++;
                    }
                }
                out.flush();
            }
        }
        return Exit.OK;
    }

    private boolean isWanted(ConsumerRecord<String, byte[]> record) {
        if (user == null && session == null && stream == null) {
            return true;
        }
        try {
            SessionKey key = RecordKey.parse(String.valueOf(record.key()));
            return (user == null || user.equals(key.user().value()))
                    && (session == null || session.equals(key.session().value()))
                    && (stream == null || isOfStream(record, stream));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isOfStream(ConsumerRecord<String, byte[]> record, String message) {
        return EventHead.of(record) instanceof EventHead.OfStream head
                ? head.stream().message().value().equals(message)
                : message.equals(idOf(record).replaceAll("/.*", ""));
    }

    private static String idOf(ConsumerRecord<String, byte[]> record) {
        return String.valueOf(CloudEventHeaders.text(record.headers(), CloudEventHeaders.ID));
    }

    private static String text(ConsumerRecord<String, byte[]> record) {
        return record.value() == null ? "" : new String(record.value(), StandardCharsets.UTF_8);
    }

    private static String line(ConsumerRecord<String, byte[]> record) {
        String value = text(record).replaceAll("\\p{Cntrl}", " ");
        return record.partition() + "@" + record.offset() + " " + Instant.ofEpochMilli(record.timestamp()) + " "
                + record.key() + " " + idOf(record) + " "
                + CloudEventHeaders.text(record.headers(), CloudEventHeaders.CLAIM) + " "
                + (value.length() > MAX_CHARS ? value.substring(0, MAX_CHARS) + "…" : value);
    }

    private static String json(ConsumerRecord<String, byte[]> record) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("partition", record.partition());
        fields.put("offset", record.offset());
        fields.put("time", Instant.ofEpochMilli(record.timestamp()));
        fields.put("key", String.valueOf(record.key()));
        Map<String, String> headers = new LinkedHashMap<>();
        record.headers()
                .forEach(header -> headers.put(
                        header.key(),
                        header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8)));
        fields.put("headers", headers);
        fields.put("value", text(record));
        return FrameCodec.mapper().writeValueAsString(fields);
    }
}
