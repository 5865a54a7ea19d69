package dev.parley.engine.context;

import dev.parley.engine.view.PastTurn;
import dev.parley.schema.id.SessionKey;
import java.util.List;

/** The turns that were projected from the log. */
public interface History {
    /** Of the newest finished turns of a session, oldest first; may lag behind the log. Blocks. */
    List<PastTurn> newest(SessionKey session, int limit);
}
