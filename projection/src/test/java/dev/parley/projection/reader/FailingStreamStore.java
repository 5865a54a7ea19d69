package dev.parley.projection.reader;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.write.TurnStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A store that fails to save one stream and its late records. */
record FailingStreamStore(TurnStore store, StreamId unwanted, Supplier<RuntimeException> failure) implements TurnStore {

    @Override
    public void prepare() {
        store.prepare();
    }

    @Override
    public void deleteTurns(List<ConversationStep.Deleted> deletions) {
        store.deleteTurns(deletions);
    }

    @Override
    public Set<StreamId> save(List<Draft> drafts) {
        check(drafts.stream().map(draft -> draft.turn().stream()).toList());
        return store.save(drafts);
    }

    @Override
    public void apply(List<ConversationStep> steps) {
        store.apply(steps);
    }

    @Override
    public void archive(List<StreamArchive> ended, List<LateRecord> late) {
        check(late.stream().map(LateRecord::stream).toList());
        store.archive(ended, late);
    }

    @Override
    public Map<SessionKey, List<AppliedDeletion>> deletions(Collection<SessionKey> sessions) {
        return store.deletions(sessions);
    }

    private void check(List<StreamId> streams) {
        if (streams.contains(unwanted)) {
            throw failure.get();
        }
    }
}
