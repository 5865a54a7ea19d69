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
 * Writes the last event of a response that ends before its stream: the reason and the remedy. It has no {@code id}, so that a browser which
 * reconnects still names the last event of the stream that it got.
 */
final class FinalEvents {

    private static final long RETRY_MS = 1_000;

    private final MessageId message;
    private @Nullable ErrorCode written;

    /** @param message the message whose stream is written */
    FinalEvents(MessageId message) {
        this.message = message;
    }

    /** @param reconnectInMs when the client is to reconnect, if the node stops */
    void closed(CloseReason reason, long reconnectInMs, OutputStream out) throws IOException {
        switch (reason) {
            case RESTART -> write(new ServerFrame.GoingAway(reconnectInMs), out);
            case TOKEN_EXPIRED ->
                refused(
                        Refusal.of(
                                ErrorCode.UNAUTHORIZED,
                                "the token expired: resume after the last event with a new token"),
                        out);
            case READER_TOO_SLOW ->
                unavailable(
                        "the reader is too slow, and its next event is not in memory: resume after the last event",
                        out);
            case UNSUPPORTED, POLICY, CONTROL_FLOOD, TOO_BIG, INTERNAL, HEARTBEAT_LOST, TOO_MANY_CONNECTIONS ->
                internalError(out);
        }
    }

    /** The rest of the stream cannot be sent now. */
    void unavailable(String why, OutputStream out) throws IOException {
        refused(new Refusal(ErrorCode.UNAVAILABLE, why, RETRY_MS), out);
    }

    /** The conversation was deleted, so the stream gets no terminal event. */
    void deleted(OutputStream out) throws IOException {
        refused(Refusal.of(ErrorCode.SESSION_NOT_FOUND, "the conversation was deleted"), out);
    }

    /** An unexpected error. */
    void internalError(OutputStream out) throws IOException {
        refused(
                Refusal.of(
                        ErrorCode.INTERNAL_ERROR,
                        "the response was interrupted by an unexpected error: resume after the last event"),
                out);
    }

    private void refused(Refusal why, OutputStream out) throws IOException {
        refused(why.frame(message, null), out);
    }

    void refused(ServerFrame.RequestRefused why, OutputStream out) throws IOException {
        written = why.code();
        write(why, out);
    }

    /** The code of the error that was written, if one was; for the thread that writes the response. */
    @Nullable
    ErrorCode written() {
        return written;
    }

    private static void write(ServerFrame frame, OutputStream out) throws IOException {
        out.write(("event: " + Vocabulary.nameOf(frame.getClass()) + "\ndata: ").getBytes(StandardCharsets.UTF_8));
        out.write(FrameCodec.encode((Record) frame));
        out.write('\n');
        out.write('\n');
        out.flush();
    }
}
