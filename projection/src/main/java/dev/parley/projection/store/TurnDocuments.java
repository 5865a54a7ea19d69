package dev.parley.projection.store;

import dev.parley.projection.turn.Outcome;
import dev.parley.projection.turn.Turn;
import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.WellFormed;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.log.Entry;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * A turn as a document of {@code messages}. What came as JSON is kept as it was on the wire. A forgotten turn is a bare
 * {@code _id} with its place and {@code status: deleted}: it belongs to no conversation, and keeps late writers out.
 */
final class TurnDocuments {

    static final String ID = "_id";
    static final String CONVERSATION = "conversation";
    static final String FIRST_OFFSET = "first_offset";
    static final String LAST_OFFSET = "last_offset";
    /** The highest offset that the writer of the start had folded; absent if the start does not say. */
    static final String FOLDED_OFFSET = "folded_offset";

    static final String STATUS = "status";
    static final String DELETED = "deleted";
    static final String DELETED_AT = "deleted_at";

    /** What only a turn has that is not forgotten. */
    static final List<String> CONTENT_FIELDS = List.of(
            "user_id",
            "session_id",
            CONVERSATION,
            "message_id",
            "ai_message_id",
            "message",
            "request",
            "content",
            "thinking",
            "emotion",
            "context",
            "metadata",
            "error",
            "reason",
            "content_sha256",
            "asked_at",
            "created_at",
            "ended_at",
            "events",
            "attempts",
            "degraded");

    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};

    private TurnDocuments() {}

    static String id(StreamId stream) {
        return RecordKey.encode(stream.user()) + "/" + stream.message();
    }

    static Document of(Turn turn) {
        Document document = new Document(ID, id(turn.stream()));
        if (turn.outcome() instanceof Outcome.Forgotten(Instant at)) {
            document.append(STATUS, DELETED).append(DELETED_AT, Date.from(at));
        } else {
            addQuestion(document, turn);
            addAnswer(document, turn);
            addOutcome(document, turn.outcome());
            document.append("events", turn.trace().events())
                    .append("attempts", turn.trace().attempts());
            addIfThere(document, "degraded", turn.trace().degraded() ? Boolean.TRUE : null);
        }
        long folded = turn.trace().folded();
        addIfThere(document, FOLDED_OFFSET, folded == Entry.Start.NOT_STATED ? null : folded);
        return document.append("partition", turn.trace().partition())
                .append(FIRST_OFFSET, turn.trace().firstOffset())
                .append(LAST_OFFSET, turn.trace().lastOffset());
    }

    private static void addQuestion(Document document, Turn turn) {
        document.append("user_id", turn.session().user().value())
                .append("session_id", turn.session().session().value())
                .append(CONVERSATION, RecordKey.of(turn.session()))
                .append("message_id", turn.stream().message().value())
                .append("message", WellFormed.of(turn.question().message()))
                .append("request", asSent(turn.question().context()))
                .append("created_at", Date.from(turn.question().at()));
        Instant askedAt = turn.question().askedAt();
        addIfThere(document, "asked_at", askedAt == null ? null : Date.from(askedAt));
    }

    private static void addAnswer(Document document, Turn turn) {
        Turn.Answer answer = turn.answer();
        String content = WellFormed.of(answer.text().joined());
        document.append("ai_message_id", answer.aiMessageId()).append("content", content);
        document.append("thinking", allAsSent(answer.thinking().toList()));
        addIfThere(document, "emotion", asSentOrNull(answer.emotion()));
        addIfThere(document, "context", asSentOrNull(answer.context()));
        Document metadata = answer.metadata() == null ? new Document() : asSent(answer.metadata());
        document.append("metadata", metadata);
        if (turn.isOver()) {
            document.append("content_sha256", ContentSha256.of(content));
        }
    }

    /** The metadata of the start stays; that of the end is added to it. */
    private static void addOutcome(Document document, Outcome outcome) {
        Document metadata = document.get("metadata", Document.class);
        switch (outcome) {
            case Outcome.Streaming _ -> document.append(STATUS, "streaming");
            case Outcome.Complete complete -> {
                document.append(STATUS, "complete");
                metadata.putAll(asSent(complete.metadata()));
            }
            case Outcome.Stopped stopped -> {
                document.append(STATUS, "stopped")
                        .append("reason", stopped.reason().wireName());
                metadata.putAll(asSent(stopped.metadata()));
            }
            case Outcome.Failed failed -> document.append(STATUS, "error").append("error", asSent(failed.failure()));
            case Outcome.Forgotten _ -> throw new IllegalArgumentException("a forgotten turn has no content");
        }
        if (outcome instanceof Outcome.Over over) {
            document.append("ended_at", Date.from(over.at()));
        }
    }

    private static List<Document> allAsSent(Collection<?> values) {
        return values.stream().map(TurnDocuments::asSent).toList();
    }

    private static @Nullable Document asSentOrNull(@Nullable Object value) {
        return value == null ? null : asSent(value);
    }

    private static Document asSent(Object value) {
        return new Document(FrameCodec.mapper().convertValue(value, FIELDS));
    }

    private static void addIfThere(Document document, String name, @Nullable Object value) {
        if (value != null) {
            document.append(name, value);
        }
    }
}
