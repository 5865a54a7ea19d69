package dev.parley.store.read;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.store.StoreConnection;
import dev.parley.store.document.DocumentIds;
import dev.parley.store.document.Fields;
import dev.parley.store.document.StoreCollections;
import dev.parley.store.document.TurnStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Reads what past turns give to prompts. Fails, like every read, while the store cannot be reached. Thread-safe. */
public final class AnsweredTurns {

    /** Of the texts of a conversation; reading ends with the turn that exceeds it. */
    private static final int MAX_READ_CHARS = 1_000_000;

    private static final int BATCH_TURNS = 25;
    private static final Bson ENDED = Filters.in(Fields.STATUS, TurnStatus.endedValues());

    private final MongoCollection<Document> messages;
    private final BatchedLookup<String, Document> conversations;

    public AnsweredTurns(StoreConnection connection) {
        StoreCollections collections = connection.collections();
        messages = collections.messages();
        conversations = IdQueries.batched(collections.conversations(), Fields.ID);
    }

    /** The newest turns of a session that have ended and have an answer, oldest first. */
    public List<AnsweredTurn> newest(SessionKey session, int limit) throws InterruptedException {
        if (!isKnown(session)) {
            return List.of();
        }
        List<AnsweredTurn> turns = new ArrayList<>();
        long chars = 0;
        Bson ofSession = Filters.eq(Fields.CONVERSATION, DocumentIds.conversation(session));
        try (MongoCursor<Document> found = messages.find(Filters.and(ofSession, ENDED))
                .projection(Projections.include(Fields.MESSAGE_ID, Fields.MESSAGE, Fields.CONTENT))
                .sort(Sorts.descending(Fields.FIRST_OFFSET))
                .limit(limit)
                .batchSize(BATCH_TURNS)
                .iterator()) {
            while (found.hasNext() && chars <= MAX_READ_CHARS) {
                Document turn = found.next();
                String answer = turn.getString(Fields.CONTENT);
                String message = turn.getString(Fields.MESSAGE);
                if (answer != null && !answer.isEmpty() && message != null) {
                    StreamId id = new StreamId(session.user(), new MessageId(turn.getString(Fields.MESSAGE_ID)));
                    turns.add(new AnsweredTurn(id, message, answer));
                    chars += message.length() + answer.length();
                }
            }
        }
        return turns.reversed();
    }

    /** For a new session this reads one document; the embedded store would search all messages for what does not exist. */
    private boolean isKnown(SessionKey session) throws InterruptedException {
        return conversations.get(DocumentIds.conversation(session)).isPresent();
    }

    /**
     * The user's ability in a subject, from the turn that states it with the highest confidence.
     *
     * @param withSession whether turns of this session count; if not, only those of the user's other sessions do
     */
    public Optional<AbilityUpdated> bestAbility(SessionKey session, String subject, boolean withSession) {
        List<Bson> conditions = new ArrayList<>();
        conditions.add(Filters.eq(Fields.USER_ID, session.user().value()));
        conditions.add(Filters.eq(StoreCollections.ability(Fields.SUBJECT), subject));
        if (!withSession) {
            conditions.add(Filters.ne(Fields.CONVERSATION, DocumentIds.conversation(session)));
        }
        Document best = messages.find(Filters.and(conditions))
                .projection(Projections.include(Fields.path(Fields.METADATA, Fields.ABILITY_UPDATED)))
                .sort(Sorts.descending(StoreCollections.ability(Fields.CONFIDENCE)))
                .first();
        return Optional.ofNullable(best).map(turn -> ability(subject, turn));
    }

    private static AbilityUpdated ability(String subject, Document turn) {
        Document ability = turn.get(Fields.METADATA, Document.class).get(Fields.ABILITY_UPDATED, Document.class);
        return new AbilityUpdated(
                subject,
                ability.get(Fields.NEW_ABILITY, Number.class).doubleValue(),
                ability.get(Fields.CONFIDENCE, Number.class).doubleValue());
    }
}
