package dev.parley.schema.audit;

import dev.parley.schema.id.StreamId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of the audit of a stream. As JSON it is the response of {@code GET /api/streams/{message_id}/audit}.
 *
 * @param verdict {@link #OK}, {@link #VIOLATIONS} or {@link #INCOMPLETE}
 * @param events the number of accepted events with a seq
 * @param digest the {@link dev.parley.schema.audit.StreamDigest}
 * @param source where the records were read: {@code archive} or {@code kafka}
 */
public record Audit(
        String userId,
        String sessionId,
        String messageId,
        String verdict,
        List<Check> checks,
        long events,
        List<Dropped> dropped,
        List<Attempt> attempts,
        @Nullable Asked askedBy,
        @Nullable Stopped stoppedBy,
        String digest,
        Times times,
        String source) {

    public static final String OK = "ok";

    /** A check failed. */
    public static final String VIOLATIONS = "violations";

    /** No check failed, but the stream has no terminal event yet. */
    public static final String INCOMPLETE = "incomplete";

    /** @param detail what was found and where, for people */
    public record Check(String name, boolean ok, String detail) {}

    public record Dropped(String reason, long count) {}

    /**
     * An attempt at writing the stream.
     *
     * @param fromSeq the seq of the first event that its writer could write
     */
    public record Attempt(String claim, String workerId, long fromSeq, Instant at, long offset) {}

    /**
     * @param at the time of the command's record. If it is not in Kafka any more, the time in the start, or else the time of the start
     * @param gatewayId absent if the command is not in Kafka any more
     */
    public record Asked(
            String userId,
            Instant at,
            @Nullable String gatewayId,
            @Nullable Long commandOffset) {}

    /**
     * @param at the time of the command's record. If it is not in Kafka any more, the time of the terminal event
     * @param reason as in the event
     */
    public record Stopped(
            String userId,
            Instant at,
            String reason,
            @Nullable String gatewayId,
            @Nullable Long commandOffset) {}

    /**
     * Computed from the timestamps of the records, which the brokers set. Records of older versions have timestamps of their writers; durations
     * that would be negative because of them are 0.
     */
    public record Times(
            @Nullable Instant startedAt,
            @Nullable Instant firstContentAt,
            @Nullable Instant endedAt,
            @Nullable Long timeToFirstTokenMs,
            @Nullable Long durationMs,
            @Nullable Long gapP50Ms,
            @Nullable Long gapP99Ms,
            @Nullable Long gapMaxMs) {}

    public Audit {
        checks = List.copyOf(checks);
        dropped = List.copyOf(dropped);
        attempts = List.copyOf(attempts);
    }

    /** The audit of a stream whose archive cannot be read. */
    public static Audit ofDamaged(StreamId stream, String reason) {
        return new Audit(
                stream.user().value(),
                "",
                stream.message().value(),
                VIOLATIONS,
                List.of(new Check("archive_readable", false, reason)),
                0,
                List.of(),
                List.of(),
                null,
                null,
                "",
                new Times(null, null, null, null, null, null, null, null),
                "archive");
    }

    /** The check with that name. */
    public Check check(String name) {
        return checks.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no check " + name));
    }
}
