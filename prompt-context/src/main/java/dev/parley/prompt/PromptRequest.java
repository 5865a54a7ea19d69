package dev.parley.prompt;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import java.util.List;

/**
 * A request for the prompt of a turn.
 *
 * @param message the user's message
 * @param past the finished turns of the session in the worker's partition state, oldest first
 * @param sessionDeleted whether the session was deleted before this turn, so that older turns must not be read from the store
 */
public record PromptRequest(
        SessionKey session,
        StreamId stream,
        String message,
        ChatContext context,
        List<PastTurn> past,
        boolean sessionDeleted) {}
