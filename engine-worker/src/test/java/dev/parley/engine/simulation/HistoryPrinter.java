package dev.parley.engine.simulation;

import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Prints a history: its faults, and its log by time. */
final class HistoryPrinter {
    private final Scene scene;
    private final @Nullable StreamId only;
    private final TreeMap<Long, List<String>> lines = new TreeMap<>();

    private HistoryPrinter(Scene scene, @Nullable StreamId only) {
        this.scene = scene;
        this.only = only;
    }

    /** @param only prints what is about this stream; null for all */
    static String of(Scene scene, @Nullable StreamId only) {
        HistoryPrinter story = new HistoryPrinter(scene, only);
        scene.log()
                .commands
                .forEach(partition -> partition.from(partition.start).forEach(story::command));
        scene.log().events.forEach(story::events);
        StringBuilder text = new StringBuilder(scene.plan().toString());
        scene.world().notes().forEach(line -> text.append('\n').append(line));
        story.lines
                .values()
                .forEach(each -> each.forEach(line -> text.append('\n').append(line)));
        return text.toString();
    }

    private void command(ConsumerRecord<String, byte[]> record) {
        String value = new String(record.value(), StandardCharsets.UTF_8);
        if (only == null || (record.key().startsWith(only.user() + "/"))) {
            add(record, "command", value);
        }
    }

    private void events(SimLog.Partition partition) {
        Map<StreamId, StreamLog> logs = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : partition.from(partition.start)) {
            switch (EventHead.of(record)) {
                case EventHead.OfStream head -> {
                    StreamLog log = logs.getOrDefault(head.stream(), StreamLog.EMPTY);
                    Verdict verdict = log.accept(head.entry());
                    if (verdict instanceof Verdict.Accepted(StreamLog after)) {
                        logs.put(head.stream(), after);
                    }
                    if (only == null || Lives.plain(only).equals(head.stream())) {
                        add(
                                record,
                                "event",
                                head.stream().message() + " " + head.type() + " " + head.entry() + " "
                                        + (verdict instanceof Verdict.Dropped dropped ? dropped.reason() : ""));
                    }
                }
                case EventHead.OfSession _ -> add(record, "event", "conversation_deleted");
                case EventHead.Unreadable unreadable -> add(record, "event", unreadable.reason());
            }
        }
    }

    private void add(ConsumerRecord<String, byte[]> record, String what, String text) {
        lines.computeIfAbsent(record.timestamp(), _ -> new ArrayList<>())
                .add(String.format(
                        "%6d ms  %s %d@%d %s %s",
                        record.timestamp(), what, record.partition(), record.offset(), record.key(), text));
    }
}
