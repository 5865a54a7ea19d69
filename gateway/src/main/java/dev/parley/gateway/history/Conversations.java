package dev.parley.gateway.history;

import dev.parley.gateway.relay.RecentTurns;
import dev.parley.gateway.relay.UnfinishedTurn;
import dev.parley.schema.event.Title;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import dev.parley.store.export.ConversationExport;
import dev.parley.store.read.ConversationSummary;
import dev.parley.store.read.Cursor;
import dev.parley.store.read.Page;
import dev.parley.store.read.StoredHistory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user's conversations, as the store has them and with the messages that wait for their turn. The store has none of those: they come from the
 * commands in the log.
 */
public final class Conversations {

    /** The cursor position of messages that wait, after all that are stored. */
    private static final long WAITING = Long.MAX_VALUE;

    private final StoredHistory history;
    private final RecentTurns recent;

    public Conversations(StoredHistory history, RecentTurns recent) {
        this.history = history;
        this.recent = recent;
    }

    /** A user's conversations, the most recently active first. Those that have only messages that wait come before all others. */
    public Page<ConversationSummary> list(UserId user, @Nullable Cursor after, int limit) {
        if (after != null && after.position() != WAITING) {
            return history.conversations().list(user, after, limit);
        }
        List<ConversationSummary> waiting = onlyWaiting(user).stream()
                .filter(each -> after == null || isAfter(each, after.detail()))
                .toList();
        List<ConversationSummary> first = waiting.subList(0, Math.min(limit, waiting.size()));
        int left = limit - first.size();
        if (left == 0) {
            return new Page<>(first, new Cursor(WAITING, place(first.getLast())).text());
        }
        Page<ConversationSummary> stored = history.conversations().list(user, null, left);
        List<ConversationSummary> all = new ArrayList<>(first);
        all.addAll(stored.items());
        return new Page<>(all, stored.nextCursor());
    }

    /** The sort key of a conversation that has only messages that wait; in the list, greater keys come first. */
    private static String place(ConversationSummary waiting) {
        return String.format(Locale.ROOT, "%020d/%s", waiting.updatedAt().toEpochMilli(), waiting.sessionId());
    }

    private static boolean isAfter(ConversationSummary waiting, String place) {
        return place(waiting).compareTo(place) < 0;
    }

    private List<ConversationSummary> onlyWaiting(UserId user) {
        Map<SessionId, List<UnfinishedTurn>> bySession = new LinkedHashMap<>();
        for (UnfinishedTurn turn : recent.unfinishedTurns(user)) {
            bySession
                    .computeIfAbsent(turn.session().session(), _ -> new ArrayList<>())
                    .add(turn);
        }
        Set<SessionId> stored = history.conversations().known(user, bySession.keySet());
        return bySession.entrySet().stream()
                .filter(each -> !stored.contains(each.getKey()))
                .map(each -> summary(each.getKey(), each.getValue()))
                .sorted(Comparator.comparing(Conversations::place).reversed())
                .toList();
    }

    private static ConversationSummary summary(SessionId session, List<UnfinishedTurn> turns) {
        return new ConversationSummary(
                session.value(),
                Title.of(turns.getFirst().command().message()),
                Instant.ofEpochMilli(turns.getFirst().command().timeMs()),
                Instant.ofEpochMilli(turns.getLast().command().timeMs()),
                turns.size());
    }

    /** Empty if there is no such conversation. */
    public Optional<ConversationSummary> one(SessionKey session) {
        return history.conversations().find(session).or(() -> {
            List<UnfinishedTurn> turns = recent.unfinishedTurns(session);
            return turns.isEmpty() ? Optional.empty() : Optional.of(summary(session.session(), turns));
        });
    }

    /**
     * The messages of a conversation, oldest first; those that wait come last, in the order in which they were sent. Empty if there is no such
     * conversation.
     */
    public Optional<Page<Map<String, Object>>> messages(SessionKey session, @Nullable Cursor after, int limit) {
        // Before the store is read: a turn that starts meanwhile is in one of the two, or in both.
        List<UnfinishedTurn> waiting = recent.unfinishedTurns(session);
        boolean rest = after != null && after.position() == WAITING;
        long from = after != null && rest ? offset(after.detail()) : 0;
        Optional<Page<Map<String, Object>>> stored =
                rest ? Optional.of(Page.empty()) : history.turns().messages(session, after, limit);
        if (stored.isEmpty() && waiting.isEmpty()) {
            return Optional.empty();
        }
        Page<Map<String, Object>> page = stored.orElseGet(Page::empty);
        return Optional.of(page.nextCursor() == null ? withWaiting(session, page, waiting, from, limit) : page);
    }

    /** A conversation with all of its messages. Empty if there is no such conversation. */
    public Optional<ConversationExport> export(SessionKey session) {
        return one(session)
                .map(summary -> new ConversationExport(
                        summary,
                        (after, limit) -> messages(session, after, limit).orElseGet(Page::empty)));
    }

    private static long offset(String detail) {
        try {
            return Long.parseLong(detail);
        } catch (NumberFormatException e) {
            return 0; // not a cursor that this service has made
        }
    }

    private Page<Map<String, Object>> withWaiting(
            SessionKey session, Page<Map<String, Object>> page, List<UnfinishedTurn> waiting, long from, int limit) {
        Set<MessageId> stored = history.turns()
                .known(
                        session.user(),
                        waiting.stream().map(turn -> turn.stream().message()).toList());
        List<Map<String, Object>> items = new ArrayList<>(page.items());
        long next = from;
        for (UnfinishedTurn turn : waiting) {
            if (turn.command().offset() < from || stored.contains(turn.stream().message())) {
                continue;
            }
            if (items.size() == limit) {
                return new Page<>(items, new Cursor(WAITING, String.valueOf(next)).text());
            }
            items.add(userMessage(turn));
            next = turn.command().offset() + 1;
        }
        return new Page<>(items, null);
    }

    private static Map<String, Object> userMessage(UnfinishedTurn turn) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("message_id", turn.stream().message().value());
        message.put("role", "user");
        message.put("content", turn.command().message());
        message.put("status", turn.started() ? "complete" : "queued");
        message.put("created_at", Instant.ofEpochMilli(turn.command().timeMs()));
        return message;
    }
}
