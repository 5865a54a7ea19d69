package dev.parley.store.read;

import static dev.parley.store.document.DocumentValues.instant;
import static dev.parley.store.document.DocumentValues.number;
import static dev.parley.store.document.DocumentValues.text;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Sorts;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.store.document.DocumentIds;
import dev.parley.store.document.Fields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/** Reads the turns of conversations. */
public final class StoredTurns {

    private final MongoCollection<Document> messages;
    private final StoredConversations conversations;
    private final RecentDeletions deletions;

    StoredTurns(MongoCollection<Document> messages, StoredConversations conversations, RecentDeletions deletions) {
        this.messages = messages;
        this.conversations = conversations;
        this.deletions = deletions;
    }

    /** The state of a stream, as far as the projection has read the log. */
    public Optional<StreamStatus> status(StreamId stream) {
        return find(stream).map(StoredTurns::status);
    }

    /** Where in {@code chat.events} a stream begins. */
    public Optional<Beginning> beginning(StreamId stream) {
        return find(stream)
                .map(turn -> new Beginning((int) number(turn, Fields.PARTITION), number(turn, Fields.FIRST_OFFSET)));
    }

    /** See {@link #beginning}. */
    public record Beginning(int partition, long offset) {}

    private Optional<Document> find(StreamId stream) {
        return Optional.ofNullable(messages.find(Filters.eq(Fields.ID, DocumentIds.turn(stream)))
                        .first())
                .filter(this::exists);
    }

    private boolean exists(Document turn) {
        return !RecentDeletions.isDeleted(turn) && !deletions.hidesTurn(turn);
    }

    /** The provider is the one that answered, which only complete answers name, or else the one that was to answer. */
    private static StreamStatus status(Document turn) {
        Document metadata = turn.get(Fields.METADATA, Document.class);
        return new StreamStatus(
                turn.getString(Fields.MESSAGE_ID),
                turn.getString(Fields.SESSION_ID),
                turn.getString(Fields.AI_MESSAGE_ID),
                turn.getString(Fields.STATUS),
                number(turn, Fields.EVENTS) - 1,
                (int) number(turn, Fields.ATTEMPTS),
                text(metadata, Fields.PROVIDER_USED)
                        .or(() -> text(metadata, Fields.PROVIDER))
                        .orElse(null),
                text(metadata, Fields.MODEL).orElse(null),
                instantOrNull(turn, Fields.CREATED_AT),
                instantOrNull(turn, Fields.ENDED_AT));
    }

    private static @Nullable Instant instantOrNull(Document turn, String field) {
        return turn.get(field) == null ? null : instant(turn, field);
    }

    /** Those of the messages that the store has. */
    public Set<MessageId> known(UserId user, Collection<MessageId> messageIds) {
        if (messageIds.isEmpty()) {
            return Set.of();
        }
        List<String> ids = messageIds.stream()
                .map(id -> DocumentIds.turn(new StreamId(user, id)))
                .toList();
        Set<MessageId> known = new HashSet<>();
        messages.find(Filters.in(Fields.ID, ids)).forEach(each -> {
            if (exists(each)) {
                known.add(new MessageId(each.getString(Fields.MESSAGE_ID)));
            }
        });
        return known;
    }

    /** The messages of a conversation, oldest first; a turn is two, the user's and the answer. Empty if there is no such conversation. */
    public Optional<Page<Map<String, Object>>> messages(SessionKey session, @Nullable Cursor after, int limit) {
        List<Document> turns = messages.find(turnsFrom(session, after))
                .sort(Sorts.ascending(Fields.FIRST_OFFSET))
                .limit(limit / 2 + 2)
                .into(new ArrayList<>());
        if (turns.isEmpty() && conversations.find(session).isEmpty()) {
            return Optional.empty();
        }
        List<Map<String, Object>> items = new ArrayList<>();
        Cursor last = null;
        for (Document turn : turns) {
            if (deletions.hidesTurn(turn)) {
                continue;
            }
            List<Map<String, Object>> both = TurnMessages.of(turn);
            for (int part = 0; part < both.size(); part++) {
                Cursor here = new Cursor(number(turn, Fields.FIRST_OFFSET), String.valueOf(part));
                if (after != null && !here.isAfter(after)) {
                    continue;
                }
                if (items.size() == limit) {
                    return Optional.of(
                            new Page<>(items, Objects.requireNonNull(last).text()));
                }
                items.add(both.get(part));
                last = here;
            }
        }
        return Optional.of(new Page<>(items, null));
    }

    private static Bson turnsFrom(SessionKey session, @Nullable Cursor after) {
        Bson inSession = Filters.eq(Fields.CONVERSATION, DocumentIds.conversation(session));
        return after == null ? inSession : Filters.and(inSession, Filters.gte(Fields.FIRST_OFFSET, after.position()));
    }
}
