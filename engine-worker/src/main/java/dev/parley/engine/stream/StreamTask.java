package dev.parley.engine.stream;

import dev.parley.prompt.PastTurn;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Claim;
import java.util.List;

/**
 * What a stream writer is started with.
 *
 * @param past finished turns of the session that are known from the log, oldest first
 * @param forgotten whether the session was deleted lately, so that the store may still have what was deleted and is not asked
 */
public record StreamTask(
        StreamAddress address, Turn turn, Claim claim, Decision.Action action, List<PastTurn> past, boolean forgotten) {
    public StreamId stream() {
        return new StreamId(turn.user(), turn.messageId());
    }
}
