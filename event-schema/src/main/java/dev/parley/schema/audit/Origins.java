package dev.parley.schema.audit;

import dev.parley.schema.command.Command;
import dev.parley.schema.id.SessionKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The first command of each kind for a stream, if it is still in {@code chat.commands}. */
public record Origins(
        @Nullable Given<Command.ChatStream> asked, @Nullable Given<Command.StopGeneration> stopped) {

    public static final Origins UNKNOWN = new Origins(null, null);

    /**
     * A command and its position.
     *
     * @param at the timestamp of its record
     */
    public record Given<C extends Command>(C command, long offset, Instant at) {}

    /**
     * Adds a command of the stream. Later commands of the same kind have no effect. A command that deletes the conversation removes the earlier
     * ones, because they belong to another stream with the same id.
     *
     * @param at the timestamp of its record
     */
    public Origins plus(Command command, long offset, Instant at) {
        return switch (command) {
            case Command.ChatStream chat when asked == null -> new Origins(new Given<>(chat, offset, at), stopped);
            case Command.StopGeneration stop when stopped == null -> new Origins(asked, new Given<>(stop, offset, at));
            case Command.DeleteConversation delete when isIn(delete.sessionKey()) -> UNKNOWN;
            case Command.ChatStream _, Command.StopGeneration _, Command.DeleteConversation _ -> this;
        };
    }

    private boolean isIn(SessionKey session) {
        return asked != null && asked.command().sessionKey().equals(session);
    }
}
