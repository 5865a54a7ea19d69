package dev.parley.store.read;

import static dev.parley.store.document.DocumentValues.number;

import dev.parley.schema.id.SessionKey;
import dev.parley.store.document.Fields;
import java.util.function.ToLongFunction;
import org.bson.Document;

/** Hides documents that the log has deleted and the projection has not yet. Thread-safe. */
final class RecentDeletions {

    private volatile ToLongFunction<SessionKey> offsets = _ -> -1;

    void use(ToLongFunction<SessionKey> deletionOffsets) {
        offsets = deletionOffsets;
    }

    boolean hidesTurn(Document turn) {
        return hides(turn, Fields.FIRST_OFFSET);
    }

    boolean hidesConversation(Document conversation) {
        return hides(conversation, Fields.LAST_OFFSET);
    }

    private boolean hides(Document document, String offset) {
        String user = document.getString(Fields.USER_ID);
        String session = document.getString(Fields.SESSION_ID);
        return user != null && session != null && hides(SessionKey.of(user, session), number(document, offset));
    }

    /** @param offset of a record of the session */
    boolean hides(SessionKey session, long offset) {
        return offset < offsets.applyAsLong(session);
    }

    /** A deleted document keeps its id and offsets only. */
    static boolean isDeleted(Document document) {
        return !document.containsKey(Fields.USER_ID);
    }
}
