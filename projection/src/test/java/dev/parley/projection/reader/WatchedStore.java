package dev.parley.projection.reader;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.write.TurnStore;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A store that counts calls, so that a test can wait for them and not for time. */
class WatchedStore implements TurnStore {

    private static final long OTHERS_MS = 100;

    private final TurnStore store;
    private int done;
    private int failed;

    WatchedStore(TurnStore store) {
        this.store = store;
    }

    @Override
    public void prepare() {
        store.prepare();
    }

    @Override
    public void deleteTurns(List<ConversationStep.Deleted> deletions) {
        try {
            store.deleteTurns(deletions);
        } catch (RuntimeException e) {
            count(false);
            throw e;
        }
    }

    @Override
    public Set<StreamId> save(List<Draft> drafts) {
        try {
            Set<StreamId> discarded = store.save(drafts);
            count(true);
            return discarded;
        } catch (RuntimeException e) {
            count(false);
            throw e;
        }
    }

    @Override
    public void apply(List<ConversationStep> steps) {
        try {
            store.apply(steps);
            count(true);
        } catch (RuntimeException e) {
            count(false);
            throw e;
        }
    }

    @Override
    public void archive(List<StreamArchive> ended, List<LateRecord> late) {
        store.archive(ended, late);
    }

    @Override
    public Map<SessionKey, List<AppliedDeletion>> deletions(Collection<SessionKey> sessions) {
        return store.deletions(sessions);
    }

    synchronized int done() {
        return done;
    }

    synchronized int failed() {
        return failed;
    }

    private synchronized void count(boolean success) {
        if (success) {
            done++;
        } else {
            failed++;
        }
        notifyAll();
    }

    void await(Duration atMost, String what, BooleanSupplier condition) throws InterruptedException {
        if (!reaches(atMost, condition)) {
            throw new AssertionError("not within " + atMost + ": " + what);
        }
    }

    /** Whether it comes to hold; looks again after each call, and now and then for what others write. */
    synchronized boolean reaches(Duration atMost, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(Math.min(left, OTHERS_MS));
        }
        return true;
    }
}
