package dev.parley.gateway.chat;

import dev.parley.gateway.publish.Refusal;

/** How the answer to a request gets to the one who asked. Exactly one method is called, once, on any thread; it must not block. */
public interface ReplyHandler {

    /** @param already whether there was nothing left to do: the message was known, the stream was over, the asker has all */
    void done(boolean already);

    void refused(Refusal refusal);
}
