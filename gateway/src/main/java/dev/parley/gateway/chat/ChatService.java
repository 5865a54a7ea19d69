package dev.parley.gateway.chat;

import dev.parley.gateway.MonotonicClock;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.connections.RemoteConnections;
import dev.parley.gateway.publish.CommandFactory;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.ConnectionQueue;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.relay.StreamState;
import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests of clients, for WebSocket and HTTP alike. Every id is combined with the caller's user id, so a caller cannot reach other users'
 * streams. Nothing here blocks.
 */
public final class ChatService {

    /** How often, and in which interval, a starting node checks whether it has read the log, before a {@code join_session} is refused. */
    private static final int WARM_CHECKS = 200;

    private static final Duration CHECK_INTERVAL = Duration.ofMillis(50);

    private final ChatServices services;
    private final RemoteConnections remote;

    /** @param isWarm whether the log was read up to its end at the start, so that a stream which is unknown here does not exist */
    public ChatService(
            Relay relay,
            RemoteConnections remote,
            CommandSender sender,
            CommandFactory commands,
            MessageRateLimit rateLimit,
            BooleanSupplier isWarm,
            Clock clock,
            Scheduler scheduler,
            PastStreams past,
            KnownMessageIds knownIds) {
        this.remote = remote;
        this.services = new ChatServices(
                relay,
                past,
                new AwaitedStreams(relay, past, scheduler),
                knownIds,
                rateLimit,
                commands,
                sender,
                scheduler,
                isWarm,
                clock);
    }

    public Relay relay() {
        return services.relay();
    }

    /** The number of a user's connections to other gateways, as of a second or two ago. */
    public int remoteConnectionsOf(UserId user) {
        return remote.connectionsOf(user, MonotonicClock.nowMs());
    }

    /**
     * Publishes a message, and sends its stream to the sender from its first event on, unless the sender has it. A message whose id is known is not
     * published again: the sender gets the stream that it has.
     *
     * @param traceparent the W3C trace context that the sender sent, if any; the same below
     */
    public void chatStream(
            Caller caller,
            ConnectionQueue sender,
            ClientFrame.ChatStream frame,
            @Nullable String traceparent,
            ReplyHandler reply) {
        Refusal tooLarge = CommandFactory.refusalOf(frame);
        if (tooLarge == null) {
            new ChatMessage(services, caller, sender, frame, traceparent, reply).handle();
        } else {
            reply.refused(tooLarge);
        }
    }

    /** Sends all events of a stream after a seq, then live events. */
    public void resume(Caller caller, ConnectionQueue connection, ClientFrame.Resume frame, ReplyHandler reply) {
        StreamId id = new StreamId(caller.user(), frame.messageId());
        new StreamResume(services, id, connection, frame.afterSeqOrNone(), reply).start();
    }

    /**
     * Sends the active streams of a session, and those that start later. A node that is still reading the log does so when it has read it.
     *
     * @param wanted whether the connection has not left the session meanwhile
     */
    public void join(
            ConnectionQueue connection,
            SessionKey session,
            int maxSessions,
            BooleanSupplier wanted,
            ReplyHandler reply) {
        join(connection, session, maxSessions, wanted, reply, WARM_CHECKS);
    }

    private void join(
            ConnectionQueue connection,
            SessionKey session,
            int maxSessions,
            BooleanSupplier wanted,
            ReplyHandler reply,
            int checksLeft) {
        if (services.isWarm().getAsBoolean()) {
            if (relay().join(connection, session, maxSessions, wanted)) {
                reply.done(false);
            } else {
                reply.refused(Refusals.TOO_MANY_SESSIONS);
            }
        } else if (checksLeft == 0) {
            reply.refused(Refusals.NOT_WARM);
        } else {
            services.scheduler()
                    .schedule(
                            () -> join(connection, session, maxSessions, wanted, reply, checksLeft - 1),
                            CHECK_INTERVAL);
        }
    }

    /** Stops a stream; it keeps the text that it has. The stream need not be known here. */
    public void stopGeneration(
            Caller caller, ClientFrame.StopGeneration frame, @Nullable String traceparent, ReplyHandler reply) {
        StreamId id = new StreamId(caller.user(), frame.messageId());
        if (relay().streams().state(id) == StreamState.ENDED) {
            reply.done(true);
            return;
        }
        Refusal tooMany = services.rateLimit().takeStop(caller.user());
        if (tooMany != null) {
            reply.refused(tooMany);
            return;
        }
        SessionKey known = relay().streams().sessionOf(id);
        SessionId session = known == null ? frame.sessionId() : known.session();
        services.sender()
                .send(
                        services.commands()
                                .stopGeneration(
                                        frame, session, caller, services.clock().instant()),
                        traceparent,
                        reply,
                        _ -> reply.done(false));
    }

    /** Stops the streams of a conversation and deletes all of its messages. The conversation need not be known here. */
    public void deleteConversation(Caller caller, SessionId session, @Nullable String traceparent, ReplyHandler reply) {
        Refusal tooMany = services.rateLimit().takeStop(caller.user());
        if (tooMany != null) {
            reply.refused(tooMany);
            return;
        }
        services.sender()
                .send(
                        services.commands()
                                .deleteConversation(
                                        session, caller, services.clock().instant()),
                        traceparent,
                        reply,
                        _ -> reply.done(false));
    }
}
