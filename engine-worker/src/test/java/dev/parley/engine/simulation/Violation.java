package dev.parley.engine.simulation;

import dev.parley.schema.id.StreamId;
import org.jspecify.annotations.Nullable;

/** A history broke a promise. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final Promise promise;
    final transient @Nullable StreamId stream;

    /** What is promised. G1 to G7 are the guarantees of the same names in the documentation. */
    enum Promise {
        G1_ORDER,
        G2_GAPLESS,
        G3_ONE_END,
        G4_CLOSED,
        G5_NOTHING_LOST,
        G6_ONE_WRITER,
        G7_STOP,
        RIGHT_TEXT,
        RIGHT_END,
        TURN_ORDER,
        NO_SECOND_ANSWER,
        ONE_MODEL_CALL,
        CONFIRMED_START,
        BOUNDED_ATTEMPTS,
        BOUNDED_STREAMS,
        NO_NEEDLESS_TAKEOVER,
        QUICK_RECOVERY,
        SMOOTH_LEAVE,
        CHECKPOINT_LAW,
        COMMIT_LAW,
        DELETION,
        LIVENESS,
        READABLE_LOG
    }

    Violation(Promise promise, @Nullable StreamId stream, String what) {
        super(promise + (stream == null ? "" : " of " + stream.user() + "/" + stream.message()) + ": " + what);
        this.promise = promise;
        this.stream = stream;
    }

    static void require(boolean holds, Promise promise, @Nullable StreamId stream, String otherwise) {
        if (!holds) {
            throw new Violation(promise, stream, otherwise);
        }
    }
}
