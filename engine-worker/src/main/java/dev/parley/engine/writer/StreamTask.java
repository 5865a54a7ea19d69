package dev.parley.engine.writer;

import dev.parley.engine.state.Decision.Purpose;
import dev.parley.engine.stream.Turn;
import dev.parley.prompt.PastTurn;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Claim;
import java.util.List;

/**
 * What one worker is to do for one stream, under one claim.
 *
 * @param past finished turns of the session that the log view has, oldest first
 * @param forgotten whether the session was deleted, so that older stores must not be asked
 */
public record StreamTask(
        Appender.StreamAddress address, Turn turn, Claim claim, Action action, List<PastTurn> past, boolean forgotten) {
    public StreamId stream() {
        return new StreamId(turn.user(), turn.messageId());
    }

    /** What to do. */
    public sealed interface Action {
        /**
         * Start it and answer.
         *
         * @param careful whether the model is asked only when the log shows this start as the one that counts: where another may have
         *     started it, too, and where a start may not come to the log at all
         */
        record Answer(boolean careful) implements Action {}

        /** Start it and end it as stopped. */
        record EndStopped(StopReason reason) implements Action {}

        /** Start it and end it as refused. */
        record Refuse(ErrorCode code) implements Action {}

        /** Take it from a writer that left it. {@code reason} is why, if it is to end as stopped. */
        record TakeOver(Purpose purpose, StopReason reason) implements Action {}
    }
}
