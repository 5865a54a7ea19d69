package dev.parley.gateway.chat;

import dev.parley.gateway.publish.Refusal;

/** Takes the reply to a client's request. Exactly one method is called, once, on any thread; it must not block. */
public interface ReplyHandler {

    /** @param already whether nothing was left to do: the message was known, the stream was over, or the client has all of it */
    void done(boolean already);

    void refused(Refusal refusal);
}
