package dev.parley.prompt.assembly;

import dev.parley.prompt.PastTurn;
import dev.parley.schema.id.SessionKey;
import java.util.List;

/** Reads turns that were projected from the log. It may lag behind the log, block, and fail. */
public interface History {
    /** The newest finished turns of a session that have an answer, in the order of the conversation. */
    List<PastTurn> newest(SessionKey session, int limit) throws InterruptedException;
}
