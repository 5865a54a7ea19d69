package dev.parley.projection.store;

import dev.parley.projection.turn.ConversationStep;
import dev.parley.projection.turn.Outcome;
import dev.parley.projection.turn.Place;
import dev.parley.projection.turn.Turn;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import java.util.Date;
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
    private final Map<String, Document> conversations = new TreeMap<>();
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
            String id = RecordKey.of(step.session());
            Document there =
                    conversations.getOrDefault(id, new Document("message_count", 0).append("last_offset", -1L));
            if (there.getLong("last_offset") < step.offset()) {
                conversations.put(id, after(there, step));
            }
        }
    }

    private static Turn forgotten(Turn turn, ConversationStep.Deleted deleted) {
        boolean before = turn.session().equals(deleted.session())
                && turn.trace().firstOffset() < deleted.offset()
                && !(turn.outcome() instanceof Outcome.Forgotten);
        return before ? turn.forgotten(new Place(turn.trace().partition(), deleted.offset(), deleted.at())) : turn;
    }

    private static Document after(Document there, ConversationStep step) {
        int count = there.getInteger("message_count");
        Document next =
                new Document(there).append("last_offset", step.offset()).append("updated_at", Date.from(step.at()));
        switch (step) {
            case ConversationStep.Opened opened -> {
                next.append("message_count", count + 2);
                if (count == 0) {
                    SessionKey session = opened.session();
                    next.append("user_id", session.user().value())
                            .append("session_id", session.session().value())
                            .append("title", opened.title())
                            .append("created_at", Date.from(opened.at()));
                }
            }
            case ConversationStep.Ended _ -> {}
            case ConversationStep.Deleted _ ->
                next = new Document("message_count", 0).append("last_offset", step.offset());
        }
        return next;
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
        conversations.forEach((id, document) -> all.put(id, new Document(document).append("_id", id)));
        return all;
    }

    private void gate() {
        if (beforeEach != null) {
            beforeEach.run();
        }
    }
}
