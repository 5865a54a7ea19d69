package dev.parley.store.read;

import static dev.parley.store.document.DocumentValues.instant;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Sorts;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import dev.parley.store.document.DocumentIds;
import dev.parley.store.document.Fields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/** Reads the conversations. */
public final class StoredConversations {

    private final MongoCollection<Document> conversations;
    private final RecentDeletions deletions;

    StoredConversations(MongoCollection<Document> conversations, RecentDeletions deletions) {
        this.conversations = conversations;
        this.deletions = deletions;
    }

    /** A user's conversations, the most recently active first. A page has fewer items if some of its conversations are deleted. */
    public Page<ConversationSummary> list(UserId user, @Nullable Cursor after, int limit) {
        List<Document> found = conversations
                .find(ofUser(user, after))
                .sort(Sorts.orderBy(Sorts.descending(Fields.UPDATED_AT), Sorts.ascending(Fields.ID)))
                .limit(limit + 1)
                .into(new ArrayList<>());
        boolean more = found.size() > limit;
        List<Document> shown = more ? found.subList(0, limit) : found;
        return new Page<>(
                shown.stream()
                        .filter(each -> !deletions.hidesConversation(each))
                        .map(StoredConversations::summary)
                        .toList(),
                more ? cursor(shown.getLast()).text() : null);
    }

    private static Bson ofUser(UserId user, @Nullable Cursor after) {
        Bson ofUser = Filters.eq(Fields.USER_ID, user.value());
        if (after == null) {
            return ofUser;
        }
        Date updatedAt = new Date(after.position());
        return Filters.and(
                ofUser,
                Filters.or(
                        Filters.lt(Fields.UPDATED_AT, updatedAt),
                        Filters.and(Filters.eq(Fields.UPDATED_AT, updatedAt), Filters.gt(Fields.ID, after.detail()))));
    }

    private static Cursor cursor(Document conversation) {
        return new Cursor(conversation.getDate(Fields.UPDATED_AT).getTime(), conversation.getString(Fields.ID));
    }

    public Optional<ConversationSummary> find(SessionKey session) {
        return Optional.ofNullable(conversations
                        .find(Filters.eq(Fields.ID, DocumentIds.conversation(session)))
                        .first())
                .filter(this::exists)
                .map(StoredConversations::summary);
    }

    /** Those of the sessions that the store has. */
    public Set<SessionId> known(UserId user, Collection<SessionId> sessions) {
        if (sessions.isEmpty()) {
            return Set.of();
        }
        List<String> ids = sessions.stream()
                .map(session -> DocumentIds.conversation(new SessionKey(user, session)))
                .toList();
        Set<SessionId> known = new HashSet<>();
        conversations.find(Filters.in(Fields.ID, ids)).forEach(each -> {
            if (exists(each)) {
                known.add(new SessionId(each.getString(Fields.SESSION_ID)));
            }
        });
        return known;
    }

    private boolean exists(Document conversation) {
        return !RecentDeletions.isDeleted(conversation) && !deletions.hidesConversation(conversation);
    }

    private static ConversationSummary summary(Document conversation) {
        return new ConversationSummary(
                conversation.getString(Fields.SESSION_ID),
                Objects.requireNonNullElse(conversation.getString(Fields.TITLE), ""),
                instant(conversation, Fields.CREATED_AT),
                instant(conversation, Fields.UPDATED_AT),
                conversation.get(Fields.MESSAGE_COUNT, Number.class) instanceof Number count ? count.intValue() : 0);
    }
}
