package dev.parley.projection.turn;

import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import java.util.Map;
import java.util.stream.Collectors;

/** The value of a record, checked against its headers. */
sealed interface EventValue {

    record Read(StreamEvent event) implements EventValue {}

    /** Of a type that this version does not know. The record counts. */
    record UnknownType() implements EventValue {}

    record Unreadable(String reason) implements EventValue {}

    Vocabulary<StreamEvent> EVENTS = Vocabulary.of(StreamEvent.class);

    /** The wire name of each type, looked up for every record. */
    Map<Class<?>, String> NAMES = EVENTS.names().stream()
            .collect(Collectors.toMap(name -> EVENTS.typeOf(name).orElseThrow(), name -> name));

    static EventValue of(LogRecord.OfStream record, long seq) {
        return switch (FrameCodec.decode(record.value(), EVENTS)) {
            case Decoded.Ok<StreamEvent>(StreamEvent event) -> checked(event, record, seq);
            case Decoded.UnknownType<StreamEvent>(String type) ->
                type.equals(record.type())
                        ? new UnknownType()
                        : new Unreadable("value and header name different types");
            case Decoded.Malformed<StreamEvent>(String reason) -> new Unreadable(reason);
        };
    }

    private static EventValue checked(StreamEvent event, LogRecord.OfStream record, long seq) {
        if (!record.type().equals(NAMES.get(event.getClass()))) {
            return new Unreadable("value and header name different types");
        }
        StreamId stream = record.stream();
        boolean same = event.messageId().equals(stream.message())
                && event.seq() == seq
                && !(event instanceof StreamStart start && !isOf(start, record));
        return same ? new Read(event) : new Unreadable("value and header name different events");
    }

    private static boolean isOf(StreamStart start, LogRecord.OfStream record) {
        return start.userId().equals(record.session().user())
                && start.sessionId().equals(record.session().session());
    }
}
