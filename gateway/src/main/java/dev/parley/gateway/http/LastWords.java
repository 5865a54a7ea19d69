package dev.parley.gateway.http;

import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.Closing;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What is said at the end of an answer that ends before its stream does: why, and what to do. It has no {@code id}, so a browser that comes
 * back still names the last event that it got.
 */
final class LastWords {

    private static final long RETRY_MS = 1_000;

    private final MessageId message;

    /** @param message whose answer it is */
    LastWords(MessageId message) {
        this.message = message;
    }

    /** The node leaves, and the client is to come back in so many milliseconds. */
    static void goingAway(long reconnectInMs, OutputStream out) throws IOException {
        write(new ServerFrame.GoingAway(reconnectInMs), out);
    }

    void closed(Closing why, OutputStream out) throws IOException {
        switch (why) {
            case READER_TOO_SLOW ->
                unavailable("the reader is behind what is kept in memory: resume after the last event", out);
            case UNSUPPORTED,
                    POLICY,
                    CONTROL_FLOOD,
                    TOO_BIG,
                    INTERNAL,
                    RESTART,
                    TOKEN_EXPIRED,
                    HEARTBEAT_LOST,
                    TOO_MANY_CONNECTIONS -> broken(out);
        }
    }

    /** The rest cannot be had here and now. */
    void unavailable(String why, OutputStream out) throws IOException {
        write(new Refusal(ErrorCode.UNAVAILABLE, why, RETRY_MS).frame(message, null), out);
    }

    /** Something went wrong that should not have. */
    void broken(OutputStream out) throws IOException {
        write(
                Refusal.of(ErrorCode.INTERNAL_ERROR, "the answer broke off: resume after the last event")
                        .frame(message, null),
                out);
    }

    /** One frame about the connection or its request. */
    static void write(ServerFrame frame, OutputStream out) throws IOException {
        out.write(("event: " + Vocabulary.nameOf(frame.getClass()) + "\ndata: ").getBytes(StandardCharsets.UTF_8));
        out.write(FrameCodec.encode((Record) frame));
        out.write('\n');
        out.write('\n');
        out.flush();
    }
}
