package dev.parley.gateway.publish;

import dev.parley.gateway.auth.Caller;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.json.WellFormed;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Makes commands from clients' frames. The user and the highest priority come from the token. Pure. */
public final class CommandFactory {

    private final String gatewayId;
    private final OnBusy onBusy;

    /** @param onBusy for messages that do not set it */
    public CommandFactory(String gatewayId, OnBusy onBusy) {
        this.gatewayId = gatewayId;
        this.onBusy = onBusy;
    }

    /** Why a message cannot be published; null if it can. */
    public static @Nullable Refusal refusalOf(ClientFrame.ChatStream frame) {
        return frame.message().length() > ClientFrame.MAX_MESSAGE_CHARS
                ? Refusal.of(
                        ErrorCode.MESSAGE_TOO_LARGE,
                        "a message has at most " + ClientFrame.MAX_MESSAGE_CHARS + " characters")
                : null;
    }

    public Command.ChatStream chatStream(ClientFrame.ChatStream frame, Caller caller, Instant now) {
        return new Command.ChatStream(
                frame.messageId(),
                frame.sessionId(),
                caller.user(),
                WellFormed.of(frame.message()),
                frame.context() == null ? ChatContext.NONE : wellFormed(frame.context()),
                frame.onBusy() == null ? onBusy : frame.onBusy(),
                lower(frame.priority() == null ? caller.ceiling() : frame.priority(), caller.ceiling()),
                now.truncatedTo(ChronoUnit.MILLIS),
                gatewayId);
    }

    /** @param session the stream's session; the one in the frame may be wrong */
    public Command.StopGeneration stopGeneration(
            ClientFrame.StopGeneration frame, SessionId session, Caller caller, Instant now) {
        return new Command.StopGeneration(
                frame.messageId(), session, caller.user(), now.truncatedTo(ChronoUnit.MILLIS), gatewayId);
    }

    public Command.DeleteConversation deleteConversation(SessionId session, Caller caller, Instant now) {
        return new Command.DeleteConversation(session, caller.user(), now.truncatedTo(ChronoUnit.MILLIS), gatewayId);
    }

    private static Priority lower(Priority one, Priority other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static ChatContext wellFormed(ChatContext sent) {
        return new ChatContext(
                wellFormed(sent.subject()),
                sent.enableReasoning(),
                sent.enableRag(),
                wellFormed(sent.provider()),
                wellFormed(sent.model()),
                wellFormed(sent.category()));
    }

    private static @Nullable String wellFormed(@Nullable String text) {
        return text == null ? null : WellFormed.of(text);
    }
}
