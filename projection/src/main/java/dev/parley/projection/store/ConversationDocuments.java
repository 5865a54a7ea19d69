package dev.parley.projection.store;

import dev.parley.projection.turn.AppliedDeletion;
import dev.parley.projection.turn.Conversation;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.json.WellFormed;
import dev.parley.schema.kafka.RecordKey;
import java.util.Date;
import java.util.List;
import org.bson.Document;

/**
 * A conversation as a document of {@code conversations}, and back. An empty one, deleted that is, has no {@code user_id}: it is in
 * nobody's list, and keeps late writers out.
 */
final class ConversationDocuments {

    private static final String TITLE = "title";
    private static final String CREATED_AT = "created_at";
    private static final String UPDATED_AT = "updated_at";
    private static final String MESSAGE_COUNT = "message_count";
    private static final String DELETIONS = "deletions";

    private ConversationDocuments() {}

    static String id(SessionKey session) {
        return RecordKey.of(session);
    }

    static Document of(Conversation conversation) {
        SessionKey session = conversation.session();
        Document document = new Document(TurnDocuments.ID, id(session));
        if (!conversation.isEmpty()) {
            document.append("user_id", session.user().value())
                    .append("session_id", session.session().value())
                    .append(TITLE, WellFormed.of(conversation.title()))
                    .append(CREATED_AT, Date.from(conversation.createdAt()))
                    .append(UPDATED_AT, Date.from(conversation.updatedAt()));
        }
        if (!conversation.deletions().isEmpty()) {
            document.append(
                    DELETIONS,
                    conversation.deletions().stream()
                            .map(each -> new Document("command", each.command()).append("offset", each.offset()))
                            .toList());
        }
        return document.append(MESSAGE_COUNT, conversation.messageCount())
                .append(TurnDocuments.LAST_OFFSET, conversation.lastOffset());
    }

    static Conversation read(SessionKey session, Document document) {
        int count = document.getInteger(MESSAGE_COUNT);
        long lastOffset = document.getLong(TurnDocuments.LAST_OFFSET);
        return count == 0
                ? Conversation.empty(session, deletions(document), lastOffset)
                : new Conversation(
                        session,
                        document.getString(TITLE),
                        document.getDate(CREATED_AT).toInstant(),
                        document.getDate(UPDATED_AT).toInstant(),
                        count,
                        deletions(document),
                        lastOffset);
    }

    static List<AppliedDeletion> deletions(Document document) {
        return document.getList(DELETIONS, Document.class, List.of()).stream()
                .map(each -> new AppliedDeletion(each.getLong("command"), each.getLong("offset")))
                .toList();
    }
}
