package dev.parley.gateway.socket;

import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.auth.Verified;
import dev.parley.gateway.publish.Commands;
import dev.parley.gateway.publish.Outcome;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.publish.TraceParent;
import dev.parley.gateway.relay.Closing;
import dev.parley.gateway.relay.Known;
import dev.parley.gateway.relay.Outbound;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.Command;
import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks over its connection, and what is done about it. Frames come one after the other; nothing here blocks, and
 * every answer goes through the connection's {@link Outbound}.
 */
final class ClientDialog {

    private static final Vocabulary<ClientFrame> FRAMES = Vocabulary.of(ClientFrame.class);

    private final Edge edge;
    private final Outbound out;
    private volatile Caller caller;
    private int malformedInARow;

    ClientDialog(Edge edge, Outbound out, Caller caller) {
        this.edge = edge;
        this.out = out;
        this.caller = caller;
    }

    void open(String connectionId) {
        edge.relay().connect(out);
        out.send(new ServerFrame.Connect(
                caller.user(),
                connectionId,
                edge.clock().instant(),
                edge.settings().heartbeatMs(),
                edge.limits()));
        if (edge.relay().connectionsOf(caller.user()) > edge.limits().maxConnections()) {
            out.closeAfterRest(Closing.TOO_MANY_CONNECTIONS);
        }
    }

    void onText(String text) {
        switch (FrameCodec.decode(text.getBytes(StandardCharsets.UTF_8), FRAMES)) {
            case Decoded.Ok<ClientFrame>(ClientFrame frame) -> {
                malformedInARow = 0;
                onFrame(frame);
            }
            case Decoded.UnknownType<ClientFrame> _ -> malformed("unknown type");
            case Decoded.Malformed<ClientFrame>(String reason) -> malformed(reason);
        }
    }

    private void malformed(String reason) {
        refuse(Refusal.of(ErrorCode.INVALID_MESSAGE_FORMAT, reason), null, null);
        malformedInARow++;
        if (malformedInARow >= edge.settings().maxMalformed()) {
            out.closeAfterRest(Closing.POLICY);
        }
    }

    private void onFrame(ClientFrame frame) {
        switch (frame) {
            case ClientFrame.ChatStream chat -> chatStream(chat);
            case ClientFrame.StopGeneration stop -> stopGeneration(stop);
            case ClientFrame.Resume resume -> resume(resume);
            case ClientFrame.JoinSession join -> join(join.sessionId());
            case ClientFrame.LeaveSession leave ->
                edge.relay().leave(out, new SessionKey(caller.user(), leave.sessionId()));
            case ClientFrame.Auth auth -> renew(auth.token());
            case ClientFrame.Ping ping -> out.send(new ServerFrame.Pong(WellFormedJson.of(ping.t())));
        }
    }

    /** The sender follows the stream from its first event on, which may come before the acknowledgement. */
    private void chatStream(ClientFrame.ChatStream frame) {
        Refusal refusal = Commands.refusalOf(frame);
        if (refusal != null) {
            refuse(refusal, frame.messageId(), frame.sessionId());
            return;
        }
        StreamId id = new StreamId(caller.user(), frame.messageId());
        SessionKey session = new SessionKey(caller.user(), frame.sessionId());
        Known known = edge.relay().attach(out, id, session, Edge.nowMs());
        if (known != Known.NO) {
            out.send(new ServerFrame.StreamAcknowledged(frame.messageId(), frame.sessionId(), true));
            return;
        }
        Command.ChatStream command =
                edge.commands().chatStream(frame, caller, edge.clock().instant());
        publish(command, frame.messageId(), frame.sessionId(), () -> {
            edge.relay().onAsked(id, session, Edge.nowMs());
            return new ServerFrame.StreamAcknowledged(frame.messageId(), frame.sessionId(), false);
        });
    }

    private void stopGeneration(ClientFrame.StopGeneration frame) {
        StreamId id = new StreamId(caller.user(), frame.messageId());
        if (edge.relay().known(id) == Known.OVER) {
            out.send(new ServerFrame.StopAcknowledged(frame.messageId(), frame.sessionId(), true));
            return;
        }
        SessionKey actual = edge.relay().sessionOf(id);
        SessionId session = actual == null ? frame.sessionId() : actual.session();
        Command.StopGeneration command = edge.commands()
                .stopGeneration(frame, session, caller, edge.clock().instant());
        publish(
                command,
                frame.messageId(),
                frame.sessionId(),
                () -> new ServerFrame.StopAcknowledged(frame.messageId(), frame.sessionId(), false));
    }

    private void publish(Command command, MessageId message, SessionId session, Acknowledgement acknowledgement) {
        long since = System.nanoTime();
        edge.publisher().publish(command, TraceParent.fresh(), outcome -> {
            switch (outcome) {
                case Outcome.Acknowledged _ -> {
                    edge.metrics().acknowledged(Vocabulary.nameOf(command.getClass()), System.nanoTime() - since);
                    out.send(acknowledgement.frame());
                }
                case Outcome.Unavailable(Refusal refusal) -> refuse(refusal, message, session);
            }
        });
    }

    private void resume(ClientFrame.Resume frame) {
        StreamId id = new StreamId(caller.user(), frame.messageId());
        switch (edge.relay().resume(out, id, frame.afterSeqOrNone())) {
            case RESUMED -> {}
            case AHEAD ->
                refuse(
                        Refusal.of(ErrorCode.INVALID_MESSAGE_FORMAT, "after_seq: the stream has not come that far"),
                        frame.messageId(),
                        frame.sessionId());
            case UNKNOWN -> refuse(unknownStream(), frame.messageId(), frame.sessionId());
        }
    }

    private Refusal unknownStream() {
        return edge.tail().isWarm()
                ? Refusal.of(ErrorCode.STREAM_NOT_FOUND, "no such stream, or too old to be resumed here")
                : new Refusal(ErrorCode.UNAVAILABLE, "this node is still reading the log", 1_000L);
    }

    private void join(SessionId session) {
        if (!edge.relay()
                .join(
                        out,
                        new SessionKey(caller.user(), session),
                        edge.settings().maxJoinedSessions())) {
            refuse(Refusal.of(ErrorCode.RATE_LIMIT_EXCEEDED, "too many sessions joined"), null, session);
        }
    }

    /** A token that is not good enough changes nothing: the old one goes on. */
    private void renew(String token) {
        switch (edge.verifier().verify(token)) {
            case Verified.Refused(String reason) -> refuse(Refusal.of(ErrorCode.UNAUTHORIZED, reason), null, null);
            case Verified.Accepted(Caller fresh) -> {
                if (fresh.user().equals(caller.user())) {
                    caller = fresh;
                    out.send(new ServerFrame.AuthOk(fresh.expiresAt().truncatedTo(ChronoUnit.MILLIS)));
                } else {
                    refuse(Refusal.of(ErrorCode.FORBIDDEN, "the token is another user's"), null, null);
                }
            }
        }
    }

    private void refuse(Refusal refusal, @Nullable MessageId message, @Nullable SessionId session) {
        edge.metrics().refused(refusal.code());
        out.send(refusal.frame(message, session));
    }

    Caller caller() {
        return caller;
    }

    /** What to say once Kafka has a command. */
    private interface Acknowledgement {
        ServerFrame frame();
    }
}
