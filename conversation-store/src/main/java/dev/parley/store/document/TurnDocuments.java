package dev.parley.store.document;

import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.WellFormed;
import dev.parley.schema.log.Entry;
import dev.parley.store.turn.Outcome;
import dev.parley.store.turn.Turn;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * A turn as a document of {@code messages}. What came as JSON is kept as it was on the wire. A deleted turn keeps its {@code _id}, its offsets
 * and {@code status: deleted}: it belongs to no conversation, and a reader that is behind does not write it again.
 */
public final class TurnDocuments {

    /** The fields that a deleted turn does not have. */
    public static final List<String> CONTENT_FIELDS = List.of(
            Fields.USER_ID,
            Fields.SESSION_ID,
            Fields.CONVERSATION,
            Fields.MESSAGE_ID,
            Fields.AI_MESSAGE_ID,
            Fields.MESSAGE,
            Fields.REQUEST,
            Fields.CONTENT,
            Fields.THINKING,
            Fields.EMOTION,
            Fields.CONTEXT,
            Fields.METADATA,
            Fields.ERROR,
            Fields.REASON,
            Fields.CONTENT_SHA256,
            Fields.ASKED_AT,
            Fields.CREATED_AT,
            Fields.ENDED_AT,
            Fields.EVENTS,
            Fields.ATTEMPTS,
            Fields.DEGRADED);

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private TurnDocuments() {}

    public static Document of(Turn turn) {
        Document document = new Document(Fields.ID, DocumentIds.turn(turn.stream()));
        if (turn.outcome() instanceof Outcome.Deleted(Instant at)) {
            document.append(Fields.STATUS, TurnStatus.DELETED.value()).append(Fields.DELETED_AT, Date.from(at));
        } else {
            addQuestion(document, turn);
            addAnswer(document, turn);
            addOutcome(document, turn.outcome());
            document.append(Fields.EVENTS, turn.trace().events())
                    .append(Fields.ATTEMPTS, turn.trace().attempts());
            addIfPresent(document, Fields.DEGRADED, turn.trace().degraded() ? Boolean.TRUE : null);
        }
        long folded = turn.trace().folded();
        addIfPresent(document, Fields.FOLDED_OFFSET, folded == Entry.Start.NOT_STATED ? null : folded);
        return document.append(Fields.PARTITION, turn.trace().partition())
                .append(Fields.FIRST_OFFSET, turn.trace().firstOffset())
                .append(Fields.LAST_OFFSET, turn.trace().lastOffset());
    }

    private static void addQuestion(Document document, Turn turn) {
        document.append(Fields.USER_ID, turn.session().user().value())
                .append(Fields.SESSION_ID, turn.session().session().value())
                .append(Fields.CONVERSATION, DocumentIds.conversation(turn.session()))
                .append(Fields.MESSAGE_ID, turn.stream().message().value())
                .append(Fields.MESSAGE, WellFormed.of(turn.question().message()))
                .append(Fields.REQUEST, asSent(turn.question().context()))
                .append(Fields.CREATED_AT, Date.from(turn.question().at()));
        Instant askedAt = turn.question().askedAt();
        addIfPresent(document, Fields.ASKED_AT, askedAt == null ? null : Date.from(askedAt));
    }

    private static void addAnswer(Document document, Turn turn) {
        Turn.Answer answer = turn.answer();
        String content = WellFormed.of(answer.text().joined());
        document.append(Fields.AI_MESSAGE_ID, answer.aiMessageId()).append(Fields.CONTENT, content);
        document.append(Fields.THINKING, allAsSent(answer.thinking().toList()));
        addIfPresent(document, Fields.EMOTION, asSentOrNull(answer.emotion()));
        addIfPresent(document, Fields.CONTEXT, asSentOrNull(answer.context()));
        Document metadata = answer.metadata() == null ? new Document() : asSent(answer.metadata());
        document.append(Fields.METADATA, metadata);
        if (turn.isOver()) {
            document.append(Fields.CONTENT_SHA256, ContentSha256.of(content));
        }
    }

    /** The metadata of the end is added to that of the start. */
    private static void addOutcome(Document document, Outcome outcome) {
        Document metadata = document.get(Fields.METADATA, Document.class);
        switch (outcome) {
            case Outcome.Streaming _ -> document.append(Fields.STATUS, TurnStatus.STREAMING.value());
            case Outcome.Complete complete -> {
                document.append(Fields.STATUS, TurnStatus.COMPLETE.value());
                metadata.putAll(asSent(complete.metadata()));
            }
            case Outcome.Stopped stopped -> {
                document.append(Fields.STATUS, TurnStatus.STOPPED.value())
                        .append(Fields.REASON, stopped.reason().wireName());
                metadata.putAll(asSent(stopped.metadata()));
            }
            case Outcome.Failed failed ->
                document.append(Fields.STATUS, TurnStatus.ERROR.value()).append(Fields.ERROR, asSent(failed.failure()));
            case Outcome.Deleted _ -> throw new IllegalArgumentException("a deleted turn has no content");
        }
        if (outcome instanceof Outcome.Over over) {
            document.append(Fields.ENDED_AT, Date.from(over.at()));
        }
    }

    private static List<Document> allAsSent(Collection<?> values) {
        return values.stream().map(TurnDocuments::asSent).toList();
    }

    private static @Nullable Document asSentOrNull(@Nullable Object value) {
        return value == null ? null : asSent(value);
    }

    private static Document asSent(Object value) {
        return new Document(FrameCodec.mapper().convertValue(value, OBJECT));
    }

    private static void addIfPresent(Document document, String name, @Nullable Object value) {
        if (value != null) {
            document.append(name, value);
        }
    }
}
