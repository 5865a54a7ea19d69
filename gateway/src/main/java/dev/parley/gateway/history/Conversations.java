package dev.parley.gateway.history;

import dev.parley.gateway.history.History.Cursor;
import dev.parley.gateway.relay.RecentTurns;
import dev.parley.gateway.relay.UnfinishedTurn;
import dev.parley.schema.event.Title;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
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
 * A user's conversations as the store has them, with the messages that wait for their turn, which no store has: they come from the
 * commands in the log.
 */
public final class Conversations {

    /** Where what waits begins, after all that is stored. */
    private static final long WAITING = Long.MAX_VALUE;

    private final History history;
    private final RecentTurns recent;

    public Conversations(History history, RecentTurns recent) {
        this.history = history;
        this.recent = recent;
    }

    /** As {@link History#conversations}; those that have only messages that wait come first. */
    public Page<ConversationSummary> list(UserId user, @Nullable Cursor after, int limit) {
        if (after != null && after.position() != WAITING) {
            return history.conversations(user, after, limit);
        }
        List<ConversationSummary> waiting = onlyWaiting(user).stream()
                .filter(each -> after == null || isAfter(each, after.detail()))
                .toList();
        List<ConversationSummary> first = waiting.subList(0, Math.min(limit, waiting.size()));
        int left = limit - first.size();
        if (left == 0) {
            return new Page<>(first, new Cursor(WAITING, place(first.getLast())).text());
        }
        Page<ConversationSummary> stored = history.conversations(user, null, left);
        List<ConversationSummary> all = new ArrayList<>(first);
        all.addAll(stored.items());
        return new Page<>(all, stored.nextCursor());
    }

    /** Where one that only waits stands in the list; later ones compare as less. */
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
        Set<SessionId> stored = history.known(user, bySession.keySet());
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
        return history.conversation(session).or(() -> {
            List<UnfinishedTurn> turns = recent.unfinishedTurns(session);
            return turns.isEmpty() ? Optional.empty() : Optional.of(summary(session.session(), turns));
        });
    }

    /** As {@link History#messages}; what waits comes last, in the order in which it was asked. */
    public Optional<Page<Map<String, Object>>> messages(SessionKey session, @Nullable Cursor after, int limit) {
        List<UnfinishedTurn> waiting =
                recent.unfinishedTurns(session); // before the store is asked: what starts meanwhile is in one of both
        boolean rest = after != null && after.position() == WAITING;
        long from = after != null && rest ? offset(after.detail()) : 0;
        Optional<Page<Map<String, Object>>> stored =
                rest ? Optional.of(new Page<>(List.of(), null)) : history.messages(session, after, limit);
        if (stored.isEmpty() && waiting.isEmpty()) {
            return Optional.empty();
        }
        Page<Map<String, Object>> page = stored.orElseGet(() -> new Page<>(List.of(), null));
        return Optional.of(page.nextCursor() == null ? withWaiting(session, page, waiting, from, limit) : page);
    }

    private static long offset(String detail) {
        try {
            return Long.parseLong(detail);
        } catch (NumberFormatException e) {
            return 0; // a cursor that a client has made up
        }
    }

    private Page<Map<String, Object>> withWaiting(
            SessionKey session, Page<Map<String, Object>> page, List<UnfinishedTurn> waiting, long from, int limit) {
        Set<MessageId> stored = history.knownMessages(
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
