package dev.parley.engine.stream;

import dev.parley.prompt.PastTurn;
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
        StreamAddress address, Turn turn, Claim claim, Decision.Action action, List<PastTurn> past, boolean forgotten) {
    public StreamId stream() {
        return new StreamId(turn.user(), turn.messageId());
    }
}
