package dev.parley.store.document;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.json.WellFormed;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.Conversation;
import java.util.Date;
import java.util.List;
import org.bson.Document;

/**
 * A conversation as a document of {@code conversations}, and back. A deleted one has no {@code user_id}: no user's list contains it, and a
 * reader that is behind does not write it again.
 */
public final class ConversationDocuments {

    private ConversationDocuments() {}

    public static Document of(Conversation conversation) {
        SessionKey session = conversation.session();
        Document document = new Document(Fields.ID, DocumentIds.conversation(session));
        if (!conversation.isEmpty()) {
            document.append(Fields.USER_ID, session.user().value())
                    .append(Fields.SESSION_ID, session.session().value())
                    .append(Fields.TITLE, WellFormed.of(conversation.title()))
                    .append(Fields.CREATED_AT, Date.from(conversation.createdAt()))
                    .append(Fields.UPDATED_AT, Date.from(conversation.updatedAt()));
        }
        if (!conversation.deletions().isEmpty()) {
            document.append(
                    Fields.DELETIONS,
                    conversation.deletions().stream()
                            .map(ConversationDocuments::document)
                            .toList());
        }
        return document.append(Fields.MESSAGE_COUNT, conversation.messageCount())
                .append(Fields.LAST_OFFSET, conversation.lastOffset());
    }

    private static Document document(AppliedDeletion deletion) {
        return new Document(Fields.DELETION_COMMAND, deletion.command())
                .append(Fields.DELETION_OFFSET, deletion.offset());
    }

    public static Conversation read(SessionKey session, Document document) {
        int count = document.getInteger(Fields.MESSAGE_COUNT);
        long lastOffset = document.getLong(Fields.LAST_OFFSET);
        return count == 0
                ? Conversation.empty(session, deletions(document), lastOffset)
                : new Conversation(
                        session,
                        document.getString(Fields.TITLE),
                        document.getDate(Fields.CREATED_AT).toInstant(),
                        document.getDate(Fields.UPDATED_AT).toInstant(),
                        count,
                        deletions(document),
                        lastOffset);
    }

    /** The last ones that name their commands, oldest first. */
    public static List<AppliedDeletion> deletions(Document conversation) {
        return conversation.getList(Fields.DELETIONS, Document.class, List.of()).stream()
                .map(each -> new AppliedDeletion(
                        each.getLong(Fields.DELETION_COMMAND), each.getLong(Fields.DELETION_OFFSET)))
                .toList();
    }
}
