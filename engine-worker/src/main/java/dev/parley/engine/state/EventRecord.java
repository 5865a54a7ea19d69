package dev.parley.engine.state;

import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Entry;
import org.jspecify.annotations.Nullable;

/** A record of {@code chat.events}, decoded: its head, and what of its value and headers the worker needs. */
public sealed interface EventRecord {
    int partition();

    long offset();

    /**
     * A record of a stream.
     *
     * @param entry its part in the log protocol
     * @param workerId its writer, if it starts the stream or takes it over; null otherwise, and if the record does not say
     */
    record OfStream(
            int partition,
            long offset,
            RecordTime time,
            SessionKey session,
            StreamId stream,
            Entry entry,
            Value value,
            @Nullable String workerId)
            implements EventRecord {

        /** Whether it says who writes the stream from then on. */
        public boolean startsOrTakesOver() {
            return entry instanceof Entry.Start || entry instanceof Entry.Takeover;
        }
    }

    /**
     * {@code conversation_deleted}.
     *
     * @param command the offset of the command that asked for it; null if the record does not say
     * @param folded the highest offset of the events that its writer had folded; null if the record does not say
     */
    record OfSession(
            int partition,
            long offset,
            SessionKey session,
            @Nullable Long command,
            @Nullable Long folded) implements EventRecord {}

    /** A record whose head cannot be decoded. */
    record Unreadable(int partition, long offset) implements EventRecord {}

    /** The value of a stream's record. */
    sealed interface Value {
        record Known(ChatEvent event) implements Value {}

        /** An event of a type that this version does not know: it has its seq and no meaning. */
        record UnknownType() implements Value {}

        /** A value that cannot be decoded. The record counts by its head. */
        record Malformed() implements Value {}
    }
}
