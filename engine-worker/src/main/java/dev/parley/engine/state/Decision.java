package dev.parley.engine.state;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.event.StopReason;

/** What a worker is to do about a message, as far as the log says. Times are monotonic nanoseconds. */
public sealed interface Decision {
    /** No time is known: a record of the session will change the answer. */
    long UNTIL_THE_LOG_SAYS = Long.MAX_VALUE;

    /** Its stream is over. */
    record Skip() implements Decision {}

    /** It is not its turn, or not this worker's. Ask again at {@code until} or when the session changes. */
    record Wait(long until) implements Decision {}

    /** It is its turn and nobody has started it. */
    record Start() implements Decision {}

    /** Somebody writes it. Ask again at {@code until} or when the session changes. */
    record Watch(long until) implements Decision {}

    /** Its writer has left it. */
    record TakeOver(Purpose purpose) implements Decision {}

    /** Nobody has started it, and it is to end at once without text. */
    record Stop(StopReason reason) implements Decision {}

    /** It is not to be answered. */
    record Reject(ErrorCode code) implements Decision {}

    /** Why a stream is taken over. */
    enum Purpose {
        /** To finish the answer. */
        CONTINUE,
        /** To end it as stopped. */
        STOP,
        /** To end it as failed: by policy, or after too many attempts. */
        FAIL
    }
}
