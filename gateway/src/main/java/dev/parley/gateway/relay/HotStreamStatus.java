package dev.parley.gateway.relay;

import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.log.StreamLog;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The status of a stream in the hot window.
 *
 * @param start its first event, null if it has not started
 * @param startedAt timestamp of that event's record
 * @param last its terminal event, null if it is not over
 * @param endedAt timestamp of that event's record, not before {@code startedAt}
 */
public record HotStreamStatus(
        SessionId session,
        StreamLog log,
        @Nullable StreamStart start,
        @Nullable Instant startedAt,
        StreamEvent.@Nullable Terminal last,
        @Nullable Instant endedAt) {

    private static final Vocabulary<StreamEvent> EVENTS = Vocabulary.of(StreamEvent.class);

    /** A stream's state with its first and last record, which are decoded later, outside of the relay's lock. */
    record Snapshot(
            SessionId session,
            StreamLog log,
            @Nullable EventRecord first,
            @Nullable EventRecord last) {

        HotStreamStatus decode() {
            return new HotStreamStatus(
                    session,
                    log,
                    startOf(first),
                    first == null ? null : Instant.ofEpochMilli(first.recordedAtMs()),
                    decoded(last) instanceof StreamEvent.Terminal terminal ? terminal : null,
                    endedAt());
        }

        private @Nullable Instant endedAt() {
            return first == null || last == null
                    ? null
                    : Instant.ofEpochMilli(Math.max(first.recordedAtMs(), last.recordedAtMs()));
        }
    }

    /** The start in a stream's first record, null if there is none. */
    static @Nullable StreamStart startOf(@Nullable EventRecord first) {
        return decoded(first) instanceof StreamStart start ? start : null;
    }

    private static @Nullable StreamEvent decoded(@Nullable EventRecord record) {
        return record != null
                        && FrameCodec.decode(record.value(), EVENTS)
                                instanceof Decoded.Ok<StreamEvent>(StreamEvent event)
                ? event
                : null;
    }
}
