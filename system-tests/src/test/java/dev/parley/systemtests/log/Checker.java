package dev.parley.systemtests.log;

import dev.parley.schema.command.Command;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.ReceivedFrames;
import dev.parley.systemtests.client.ReceivedStream;
import dev.parley.systemtests.log.StreamHistory.AcceptedEvent;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * Checks topics, clients' records and documents against the promises G1 to G5, G9 and G10. All streams must have ended: a command without
 * an end counts as lost.
 */
public final class Checker {

    private static final Set<String> ONCE = Set.of("stream_start", "context_info", "emotion_update");
    private static final Map<String, String> STATUS =
            Map.of("stream_complete", "complete", "stream_error", "error", "generation_stopped", "stopped");

    /** An offset before all commands. */
    private static final long NO_COMMAND = -1;

    private final Predicate<UserId> users;
    private final Map<StreamId, StreamHistory> streams;
    private final Report report = new Report();

    private Checker(Topic events, Predicate<UserId> users) {
        this.users = users;
        this.streams = StreamHistory.fold(events);
        streams.keySet().removeIf(stream -> !users.test(stream.user()));
    }

    /** @param users the users whose streams are checked; those of other users are ignored */
    public static Report check(
            Topic commands,
            Topic events,
            List<ReceivedFrames> receivedFrames,
            Documents documents,
            Predicate<UserId> users) {
        Checker checker = new Checker(events, users);
        events.records().forEach(record -> checker.placed(record, events.partitions()));
        commands.records().forEach(record -> checker.answered(record, commands.partitions()));
        checker.streams.values().forEach(stream -> stream.lives().forEach(checker::wellFormed));
        receivedFrames.forEach(checker::truthful);
        List<StreamHistory> begun =
                checker.streams.values().stream().filter(Checker::isBegun).toList();
        begun.forEach(stream -> checker.kept(stream, documents));
        StreamHistory.turns(begun).forEach((session, turns) -> checker.listed(session, turns, documents));
        return checker.report;
    }

    /**
     * Whether the stream has a start. Without one every reader drops its records: for example the keepalive with which a worker checks
     * that it can append.
     */
    private static boolean isBegun(StreamHistory stream) {
        return stream.isDeleted() || !stream.events().isEmpty();
    }

    /** Checks that every record can be read and is in the partition of its user. */
    private void placed(ConsumerRecord<String, byte[]> record, int partitions) {
        switch (EventHead.of(record)) {
            case EventHead.Unreadable(String reason) ->
                report.violation("contract", "event at " + record.partition() + "/" + record.offset(), reason);
            case EventHead.OfStream head -> inPartitionOf(head.session().user(), record, partitions);
            case EventHead.OfSession head -> inPartitionOf(head.session().user(), record, partitions);
        }
    }

    private void inPartitionOf(UserId user, ConsumerRecord<String, byte[]> record, int partitions) {
        if (record.partition() != RecordKey.partition(user, partitions)) {
            report.violation("contract", record.topic() + " of " + user, "in partition " + record.partition());
        }
    }

    /** G3 for every command in {@code chat.commands}, acknowledged or not. */
    private void answered(ConsumerRecord<String, byte[]> record, int partitions) {
        if (!(CommandRecords.read(record) instanceof Decoded.Ok<Command>(Command command))) {
            report.violation("contract", "command at " + record.partition() + "/" + record.offset(), "unreadable");
            return;
        }
        if (!users.test(command.userId())) {
            return;
        }
        report.count("commands");
        inPartitionOf(command.userId(), record, partitions);
        if (command instanceof Command.ChatStream chat) {
            hasEnd(new StreamId(chat.userId(), chat.messageId()), record.offset(), "in chat.commands");
        }
    }

    /** @param command the offset of the command; a stream that was deleted before it is no answer to it */
    private void hasEnd(StreamId id, long command, String why) {
        StreamHistory stream = streams.get(id);
        if (stream == null || stream.lives().stream().noneMatch(life -> life.isOver() && life.maybeAskedBy(command))) {
            report.count("lost");
            report.violation("G3", id, why + ", but " + (stream == null ? "never started" : "without an end"));
        }
    }

    /** G2, G3, G4 and the text of one stream in the log. */
    private void wellFormed(StreamHistory stream) {
        report.count("streams");
        report.dropped(stream.dropped());
        for (int i = 1; i < stream.writers().size(); i++) {
            report.count("takeovers");
        }
        List<AcceptedEvent> events = stream.events();
        for (int seq = 0; seq < events.size(); seq++) {
            AcceptedEvent event = events.get(seq);
            if (event.data().path("seq").asLong(-1) != seq
                    || !event.data()
                            .path("message_id")
                            .asString("")
                            .equals(stream.id().message().value())) {
                report.violation("G2", stream.id(), "header and value differ at seq " + seq);
            }
            if (ReceivedStream.TERMINALS.contains(event.type())) {
                report.terminal(event.type());
                ended(stream, event, seq == events.size() - 1);
            }
        }
        ONCE.forEach(type -> atMostOnce(stream, type));
    }

    private void ended(StreamHistory stream, AcceptedEvent end, boolean last) {
        if (!last) {
            report.violation("G4", stream.id(), "accepted events after " + end.type());
        }
        String text = end.data().path(textField(end.type())).asString("");
        if (!text.equals(stream.text())) {
            report.violation("text", stream.id(), "the chunks joined are not the text of " + end.type());
        }
        String digest = end.data().path("content_sha256").asString("");
        if (end.type().equals("stream_complete") && !digest.equals(Sha256.hex(text))) {
            report.violation("text", stream.id(), "content_sha256 is wrong");
        }
    }

    private void atMostOnce(StreamHistory stream, String type) {
        if (stream.events().stream().filter(event -> event.type().equals(type)).count() > 1) {
            report.violation("contract", stream.id(), type + " more than once");
        }
    }

    /**
     * G1, G5 and G10: what a socket received is a part of the log of its own user, byte for byte, and acknowledgements and refusals were
     * kept.
     */
    private void truthful(ReceivedFrames receivedFrames) {
        UserId user = new UserId(receivedFrames.user());
        receivedFrames.events().forEach((message, frames) -> {
            if (!frames.isEmpty()) {
                stretchOf(StreamId.of(receivedFrames.user(), message), frames);
            }
        });
        for (String message : receivedFrames.acknowledged()) {
            report.count("acknowledged");
            hasEnd(StreamId.of(user.value(), message), NO_COMMAND, "acknowledged");
        }
        for (String message : receivedFrames.refused()) {
            report.count("refused");
            if (!receivedFrames.acknowledged().contains(message)
                    && streams.containsKey(StreamId.of(user.value(), message))) {
                report.violation("G5", StreamId.of(user.value(), message), "refused and answered");
            }
        }
    }

    private void stretchOf(StreamId id, List<Frame> frames) {
        StreamHistory stream = lifeOf(id, frames);
        if (stream == null) {
            report.violation("G10", id, "a socket received events of a stream that its user does not have");
            return;
        }
        long expected = frames.getFirst().seq();
        for (Frame frame : frames) {
            report.count("frames");
            if (frame.seq() != expected) {
                report.count(frame.seq() < expected ? "doubled" : "gaps");
                report.violation("G8", id, "a socket received seq " + frame.seq() + " where " + expected + " was next");
            } else if (expected >= stream.events().size()
                    || !Arrays.equals(
                            frame.bytes(), stream.events().get((int) expected).value())) {
                report.violation("G1", id, "the frame with seq " + expected + " is not the accepted record's value");
            }
            expected = frame.seq() + 1;
        }
    }

    /** The stream of that id that has most of the frames; a socket of a test receives one of them. */
    private @Nullable StreamHistory lifeOf(StreamId id, List<Frame> frames) {
        StreamHistory last = streams.get(id);
        return last == null
                ? null
                : last.lives().stream()
                        .max(Comparator.comparingLong(life -> matching(life, frames)))
                        .orElse(last);
    }

    private static long matching(StreamHistory life, List<Frame> frames) {
        return frames.stream()
                .filter(frame -> frame.seq() >= 0
                        && frame.seq() < life.events().size()
                        && Arrays.equals(
                                frame.bytes(),
                                life.events().get((int) frame.seq()).value()))
                .count();
    }

    /** G9: the document matches the log. */
    private void kept(StreamHistory stream, Documents documents) {
        Document document = documents.of(stream.id());
        if (document == null) {
            report.violation("G9", stream.id(), "no document");
            return;
        }
        report.count("documents");
        if (stream.isDeleted()) {
            same(stream, "status", "deleted", document.get("status"));
            same(stream, "content", "", Objects.requireNonNullElse(document.get("content"), ""));
            return;
        }
        if (stream.events().isEmpty()) {
            return;
        }
        AcceptedEvent start = stream.events().getFirst();
        AcceptedEvent end = stream.events().getLast();
        same(stream, "status", STATUS.getOrDefault(end.type(), "streaming"), document.get("status"));
        same(stream, "content", stream.text(), document.get("content"));
        same(stream, "message", start.data().path("message").stringValue(), document.get("message"));
        same(stream, "user_id", stream.id().user().value(), document.get("user_id"));
        same(stream, "session_id", stream.session().session().value(), document.get("session_id"));
        same(stream, "conversation", RecordKey.of(stream.session()), document.get("conversation"));
        same(stream, "events", (long) stream.events().size(), asLong(document.get("events")));
        same(stream, "partition", (long) stream.partition(), asLong(document.get("partition")));
        same(stream, "first_offset", start.offset(), asLong(document.get("first_offset")));
        same(stream, "last_offset", end.offset(), asLong(document.get("last_offset")));
        same(stream, "attempts", (long) stream.writers().size(), asLong(document.get("attempts")));
        if (stream.isOver()) {
            same(stream, "content_sha256", Sha256.hex(stream.text()), document.get("content_sha256"));
        }
    }

    /** G9 for the list of conversations: a turn is two messages. */
    private void listed(SessionKey session, long turns, Documents documents) {
        Document conversation = documents.of(session);
        if (conversation == null) {
            report.violation("G9", session, "no conversation");
        } else if (!asLong(conversation.get("message_count")).equals(2 * turns)) {
            report.violation("G9", session, "message_count of the conversation differs from the log");
        }
    }

    private void same(StreamHistory stream, String field, Object expected, @Nullable Object found) {
        if (!expected.equals(found)) {
            report.violation("G9", stream.id(), field + " of the document differs from the log");
        }
    }

    private static Object asLong(@Nullable Object number) {
        return number instanceof Number n ? n.longValue() : "none";
    }

    private static String textField(String terminal) {
        return terminal.equals("stream_complete") ? "full_content" : "partial_content";
    }
}
