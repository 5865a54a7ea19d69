package dev.parley.systemtests.log;

import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.CloudEventHeaders;
import dev.parley.schema.kafka.EventHead;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Prints records of streams for a failed test. */
public final class LogExcerpt {

    private static final int MOST = 60;
    private static final int MOST_CHARS = 160;

    private LogExcerpt() {}

    /** Long logs are shortened to their beginning and end. */
    public static String of(Topic events, Predicate<UserId> users) {
        return of(events, head -> users.test(head.session().user()), "records");
    }

    /** The log of one stream. */
    public static String of(Topic events, StreamId stream) {
        return of(events, head -> head.stream().equals(stream), "records of " + stream);
    }

    private static String of(Topic events, Predicate<EventHead.OfStream> choice, String what) {
        List<String> lines = events.records().stream()
                .filter(record -> EventHead.of(record) instanceof EventHead.OfStream head && choice.test(head))
                .map(LogExcerpt::line)
                .toList();
        return "==== " + lines.size() + " " + what + "\n"
                + (lines.size() <= MOST
                        ? String.join("\n", lines)
                        : String.join("\n", lines.subList(0, MOST / 2)) + "\n…\n"
                                + String.join("\n", lines.subList(lines.size() - MOST / 2, lines.size())));
    }

    private static String line(ConsumerRecord<String, byte[]> record) {
        String headers = Stream.of(CloudEventHeaders.ID, CloudEventHeaders.CLAIM, "ce_source")
                .map(name -> String.valueOf(CloudEventHeaders.text(record.headers(), name)))
                .collect(Collectors.joining(" "));
        String value = new String(record.value(), StandardCharsets.UTF_8);
        return "%d/%d %s %s %s %s"
                .formatted(
                        record.partition(),
                        record.offset(),
                        Instant.ofEpochMilli(record.timestamp()),
                        record.key(),
                        headers,
                        value.substring(0, Math.min(MOST_CHARS, value.length())));
    }
}
