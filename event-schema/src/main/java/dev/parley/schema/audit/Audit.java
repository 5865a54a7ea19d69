package dev.parley.schema.audit;

import dev.parley.schema.id.StreamId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an auditor found of a stream; as JSON, the answer of {@code GET /api/streams/{message_id}/audit}.
 *
 * @param verdict {@link #OK}, {@link #VIOLATIONS} or {@link #INCOMPLETE}
 * @param events accepted ones with a seq
 * @param digest of {@link dev.parley.schema.archive.StreamDigest}
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

    /** Nothing is wrong, but the stream has no end yet. */
    public static final String INCOMPLETE = "incomplete";

    /** @param detail for people: what was found, and where */
    public record Check(String name, boolean ok, String detail) {}

    public record Dropped(String reason, long count) {}

    /**
     * A writer's turn at the stream.
     *
     * @param fromSeq of the first event that it could write
     */
    public record Attempt(String claim, String workerId, long fromSeq, Instant at, long offset) {}

    /**
     * @param at the time of the command's record; if that is not in Kafka any more, what the start says of it, or else when the answer began
     * @param gatewayId absent if the command is not in Kafka any more
     */
    public record Asked(
            String userId,
            Instant at,
            @Nullable String gatewayId,
            @Nullable Long commandOffset) {}

    /**
     * @param at the time of the command's record; if that is not in Kafka any more, when the answer ended
     * @param reason as the event has it
     */
    public record Stopped(
            String userId,
            Instant at,
            String reason,
            @Nullable String gatewayId,
            @Nullable Long commandOffset) {}

    /**
     * All by the times that the records bear, which the brokers gave them. No duration is negative; records of older versions have their
     * writers' times, and what those make negative is 0.
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

    /** Of a stream whose archive cannot be read. */
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

    /** The check of that name. */
    public Check check(String name) {
        return checks.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no check " + name));
    }
}
