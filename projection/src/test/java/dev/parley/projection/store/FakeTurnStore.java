package dev.parley.projection.store;

import dev.parley.projection.turn.AppliedDeletion;
import dev.parley.projection.turn.Conversation;
import dev.parley.projection.turn.ConversationStep;
import dev.parley.projection.turn.Outcome;
import dev.parley.projection.turn.Place;
import dev.parley.projection.turn.Turn;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bson.Document;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.DocumentCodec;
import org.jspecify.annotations.Nullable;

/** The contract in memory, said as plainly as possible: what the database has to agree with. */
public final class FakeTurnStore implements TurnStore {

    private final Map<String, Turn> turns = new TreeMap<>();
    private final Map<SessionKey, Conversation> conversations = new HashMap<>();
    private @Nullable Runnable beforeEach;

    /** Run before each call that writes: it may throw, as a store does that is away. */
    public void before(Runnable action) {
        beforeEach = action;
    }

    @Override
    public void prepare() {}

    @Override
    public synchronized Set<StreamId> save(List<Draft> drafts) {
        gate();
        Set<StreamId> neverWere = new HashSet<>();
        for (Draft draft : drafts) {
            Turn turn = draft.turn();
            Turn there = turns.get(TurnDocuments.id(turn.stream()));
            if (there == null || there.trace().firstOffset() > turn.trace().firstOffset()) {
                turns.put(TurnDocuments.id(turn.stream()), turn);
            } else if (there.trace().firstOffset() < turn.trace().firstOffset()) {
                neverWere.add(turn.stream());
            } else if (there.trace().lastOffset() < turn.trace().lastOffset()) {
                turns.put(TurnDocuments.id(turn.stream()), turn);
            }
        }
        return neverWere;
    }

    @Override
    public synchronized void apply(List<ConversationStep> steps) {
        gate();
        for (ConversationStep step : steps) {
            if (step instanceof ConversationStep.Deleted deleted) {
                turns.replaceAll((id, turn) -> forgotten(turn, deleted));
            }
            conversations.put(
                    step.session(),
                    conversations
                            .getOrDefault(step.session(), Conversation.unknown(step.session()))
                            .after(step));
        }
    }

    @Override
    public synchronized Map<SessionKey, List<AppliedDeletion>> deletions(Collection<SessionKey> sessions) {
        Map<SessionKey, List<AppliedDeletion>> deletions = new HashMap<>();
        sessions.forEach(session -> deletions.put(
                session,
                conversations
                        .getOrDefault(session, Conversation.unknown(session))
                        .deletions()));
        return deletions;
    }

    private static Turn forgotten(Turn turn, ConversationStep.Deleted deleted) {
        boolean before = turn.session().equals(deleted.session())
                && turn.trace().firstOffset() < deleted.offset()
                && !(turn.outcome() instanceof Outcome.Forgotten);
        return before ? turn.forgotten(new Place(turn.trace().partition(), deleted.offset(), deleted.at())) : turn;
    }

    /** All of {@code messages}, by id. */
    public synchronized Map<String, Document> messages() {
        Map<String, Document> all = new TreeMap<>();
        turns.values().forEach(turn -> all.put(TurnDocuments.id(turn.stream()), asRead(turn)));
        return all;
    }

    /** As a driver gives it back: what is inside is a document too. */
    private static Document asRead(Turn turn) {
        return new DocumentCodec()
                .decode(
                        TurnDocuments.of(turn).toBsonDocument().asBsonReader(),
                        DecoderContext.builder().build());
    }

    /** All of {@code conversations}, by id. */
    public synchronized Map<String, Document> conversations() {
        Map<String, Document> all = new TreeMap<>();
        conversations.forEach((session, conversation) ->
                all.put(ConversationDocuments.id(session), ConversationDocuments.of(conversation)));
        return all;
    }

    private void gate() {
        if (beforeEach != null) {
            beforeEach.run();
        }
    }
}
