package dev.parley.projection.reader;

import com.mongodb.MongoException;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.write.TurnStore;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;

/** Writes one by one, and skips what can never be written. A skipped turn counts as discarded. */
final class SkippingTurnStore implements TurnStore {

    private final TurnStore store;
    private final Listener listener;

    /** Called for what is skipped. */
    interface Listener {

        /** @param offset of the record where it begins */
        void skipped(long offset, RuntimeException reason);
    }

    SkippingTurnStore(TurnStore store, Listener listener) {
        this.store = store;
        this.listener = listener;
    }

    /** Whether a failure is one of the store, the broker or other writers, so that the same write may succeed later. */
    static boolean isTransient(RuntimeException failure) {
        return failure instanceof MongoException
                || failure instanceof KafkaException
                || failure instanceof IllegalStateException;
    }

    @Override
    public void prepare() {
        store.prepare();
    }

    @Override
    public void deleteTurns(List<ConversationStep.Deleted> deletions) {
        deletions.forEach(deletion -> tryWrite(deletion.offset(), () -> store.deleteTurns(List.of(deletion))));
    }

    @Override
    public Set<StreamId> save(List<Draft> drafts) {
        Set<StreamId> discarded = new HashSet<>();
        for (Draft draft : drafts) {
            boolean saved =
                    tryWrite(draft.turn().trace().firstOffset(), () -> discarded.addAll(store.save(List.of(draft))));
            if (!saved) {
                discarded.add(draft.turn().stream());
            }
        }
        return discarded;
    }

    @Override
    public void apply(List<ConversationStep> steps) {
        steps.forEach(step -> tryWrite(step.offset(), () -> store.apply(List.of(step))));
    }

    @Override
    public void archive(List<StreamArchive> ended, List<LateRecord> late) {
        ended.forEach(archive -> tryWrite(archive.firstOffset(), () -> store.archive(List.of(archive), List.of())));
        late.forEach(record -> tryWrite(record.raw().offset(), () -> store.archive(List.of(), List.of(record))));
    }

    @Override
    public Map<SessionKey, List<AppliedDeletion>> deletions(Collection<SessionKey> sessions) {
        return store.deletions(sessions);
    }

    private boolean tryWrite(long offset, Runnable write) {
        try {
            write.run();
            return true;
        } catch (RuntimeException e) {
            if (isTransient(e)) {
                throw e;
            }
            listener.skipped(offset, e);
            return false;
        }
    }
}
