package dev.parley.engine.stream;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.event.StopReason;

/** What a worker does about a message, according to the log. Times are monotonic nanoseconds. */
public sealed interface Decision {
    /** No time is known: a record of the session changes the answer. */
    long UNTIL_THE_LOG_SAYS = Long.MAX_VALUE;

    /** Nothing: its stream is over. */
    record Skip() implements Decision {}

    /** Nothing yet: an earlier message or another worker goes first. Decide again at {@code until} or when the session changes. */
    record Wait(long until) implements Decision {}

    /** Nothing yet: another worker writes the stream. Decide again at {@code until} or when the session changes. */
    record Watch(long until) implements Decision {}

    /** Start a stream writer, which does this. */
    sealed interface Action extends Decision {
        /** Whether a model is asked, which takes long; every other action appends a few records. */
        default boolean asksModel() {
            return switch (this) {
                case Start _ -> true;
                case TakeOver(Purpose purpose) -> purpose instanceof Purpose.Continue;
                case Stop _, Reject _ -> false;
            };
        }

        /** Whether the log must show the claim as current before more is appended or the model is asked. */
        default boolean needsConfirmation() {
            return switch (this) {
                case Start(boolean confirmFirst) -> confirmFirst;
                case TakeOver _ -> true;
                case Stop _, Reject _ -> false;
            };
        }
    }

    /**
     * Start the stream and answer.
     *
     * @param confirmFirst whether the model is asked only after the log shows this start as the one that counts: true where another worker
     *     may have started the stream too, and where a start may not reach the log
     */
    record Start(boolean confirmFirst) implements Action {}

    /** Start the stream and end it at once as stopped, without text. */
    record Stop(StopReason reason) implements Action {}

    /** Start the stream and end it at once with an error. */
    record Reject(ErrorCode code) implements Action {}

    /** Take the stream over from a writer that has left it. */
    record TakeOver(Purpose purpose) implements Action {}

    /** What a stream is taken over for. */
    sealed interface Purpose {
        /** To finish the answer. */
        record Continue() implements Purpose {}

        /** To end it as stopped, with the text so far. */
        record Stop(StopReason reason) implements Purpose {}

        /** To end it as failed, with the text so far: by configuration, or after too many attempts. */
        record Fail() implements Purpose {}

        /** For logs and metrics. */
        default String verb() {
            return switch (this) {
                case Continue _ -> "continue";
                case Stop _ -> "stop";
                case Fail _ -> "fail";
            };
        }
    }
}
