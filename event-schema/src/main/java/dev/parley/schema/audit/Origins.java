package dev.parley.schema.audit;

import dev.parley.schema.command.Command;
import dev.parley.schema.id.SessionKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The commands of a stream, as far as they are still in {@code chat.commands}: the first of each kind. */
public record Origins(
        @Nullable Given<Command.ChatStream> asked, @Nullable Given<Command.StopGeneration> stopped) {

    public static final Origins UNKNOWN = new Origins(null, null);

    /**
     * A command and where it is.
     *
     * @param at the time of its record
     */
    public record Given<C extends Command>(C command, long offset, Instant at) {}

    /**
     * With one more command of the stream; later ones of the same kind change nothing. One that deletes its conversation makes the id new: what
     * came before it is of another stream.
     *
     * @param at the time of its record
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
