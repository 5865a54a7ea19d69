package dev.parley.gateway.http;

import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.CloseReason;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What is said at the end of an answer that ends before its stream does: why, and what to do. It has no {@code id}, so a browser that comes
 * back still names the last event that it got.
 */
final class FinalEvents {

    private static final long RETRY_MS = 1_000;

    private final MessageId message;
    private @Nullable ErrorCode said;

    /** @param message whose answer it is */
    FinalEvents(MessageId message) {
        this.message = message;
    }

    /** @param reconnectInMs where the node leaves: when the client is to come back */
    void closed(CloseReason why, long reconnectInMs, OutputStream out) throws IOException {
        switch (why) {
            case RESTART -> write(new ServerFrame.GoingAway(reconnectInMs), out);
            case TOKEN_EXPIRED ->
                refused(
                        Refusal.of(
                                ErrorCode.UNAUTHORIZED,
                                "the token expired: resume after the last event with a fresh one"),
                        out);
            case READER_TOO_SLOW ->
                unavailable("the reader is behind what is kept in memory: resume after the last event", out);
            case UNSUPPORTED, POLICY, CONTROL_FLOOD, TOO_BIG, INTERNAL, HEARTBEAT_LOST, TOO_MANY_CONNECTIONS ->
                broken(out);
        }
    }

    /** The rest cannot be had here and now. */
    void unavailable(String why, OutputStream out) throws IOException {
        refused(new Refusal(ErrorCode.UNAVAILABLE, why, RETRY_MS), out);
    }

    /** The stream has no more events and no end, as its conversation was deleted. */
    void deleted(OutputStream out) throws IOException {
        refused(Refusal.of(ErrorCode.SESSION_NOT_FOUND, "the conversation was deleted"), out);
    }

    /** Something went wrong that should not have. */
    void broken(OutputStream out) throws IOException {
        refused(Refusal.of(ErrorCode.INTERNAL_ERROR, "the answer broke off: resume after the last event"), out);
    }

    private void refused(Refusal why, OutputStream out) throws IOException {
        refused(why.frame(message, null), out);
    }

    void refused(ServerFrame.RequestRefused why, OutputStream out) throws IOException {
        said = why.code();
        write(why, out);
    }

    /** The error that was said, if one was; for the thread that writes the answer. */
    @Nullable
    ErrorCode said() {
        return said;
    }

    /** One frame about the connection or its request. */
    private static void write(ServerFrame frame, OutputStream out) throws IOException {
        out.write(("event: " + Vocabulary.nameOf(frame.getClass()) + "\ndata: ").getBytes(StandardCharsets.UTF_8));
        out.write(FrameCodec.encode((Record) frame));
        out.write('\n');
        out.write('\n');
        out.flush();
    }
}
