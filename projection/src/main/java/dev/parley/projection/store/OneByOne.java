package dev.parley.projection.store;

import com.mongodb.MongoException;
import dev.parley.projection.turn.AppliedDeletion;
import dev.parley.projection.turn.ConversationStep;
import dev.parley.projection.turn.LateRecord;
import dev.parley.projection.turn.StreamArchive;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;

/**
 * A store that is written one by one, and passes over what can never be written, so that it keeps nothing else waiting. A turn that is
 * passed over counts as one that never was.
 */
public final class OneByOne implements TurnStore {

    private final TurnStore store;
    private final Observer observer;

    /** Told of what is passed over. */
    public interface Observer {

        /** @param offset of the record where it begins */
        void passedOver(long offset, RuntimeException why);
    }

    public OneByOne(TurnStore store, Observer observer) {
        this.store = store;
        this.observer = observer;
    }

    /** Whether a failure is one of the store, the broker or other writers, so that the same may succeed later. */
    public static boolean mayPass(RuntimeException failure) {
        return failure instanceof MongoException
                || failure instanceof KafkaException
                || failure instanceof IllegalStateException;
    }

    @Override
    public void prepare() {
        store.prepare();
    }

    @Override
    public void forget(List<ConversationStep.Deleted> deletions) {
        deletions.forEach(deletion -> tried(deletion.offset(), () -> store.forget(List.of(deletion))));
    }

    @Override
    public Set<StreamId> save(List<Draft> drafts) {
        Set<StreamId> neverWere = new HashSet<>();
        for (Draft draft : drafts) {
            boolean saved =
                    tried(draft.turn().trace().firstOffset(), () -> neverWere.addAll(store.save(List.of(draft))));
            if (!saved) {
                neverWere.add(draft.turn().stream());
            }
        }
        return neverWere;
    }

    @Override
    public void apply(List<ConversationStep> steps) {
        steps.forEach(step -> tried(step.offset(), () -> store.apply(List.of(step))));
    }

    @Override
    public void archive(List<StreamArchive> ended, List<LateRecord> late) {
        ended.forEach(archive -> tried(archive.firstOffset(), () -> store.archive(List.of(archive), List.of())));
        late.forEach(record -> tried(record.raw().offset(), () -> store.archive(List.of(), List.of(record))));
    }

    @Override
    public Map<SessionKey, List<AppliedDeletion>> deletions(Collection<SessionKey> sessions) {
        return store.deletions(sessions);
    }

    private boolean tried(long offset, Runnable write) {
        try {
            write.run();
            return true;
        } catch (RuntimeException e) {
            if (mayPass(e)) {
                throw e;
            }
            observer.passedOver(offset, e);
            return false;
        }
    }
}
