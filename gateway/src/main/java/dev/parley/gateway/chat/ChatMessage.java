package dev.parley.gateway.chat;

import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.publish.PublishResult;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.BufferedStream;
import dev.parley.gateway.relay.ConnectionQueue;
import dev.parley.gateway.relay.ResumeResult;
import dev.parley.gateway.relay.StreamState;
import dev.parley.schema.command.Command;
import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One {@code chat_stream} request. A new message is published; a message whose id the log has already is not, and the sender gets the stream that
 * it has. The sender follows the stream from its first event on, which may come before the reply.
 */
final class ChatMessage {

    /** How often, and in which interval, a starting node checks whether it knows all message ids; after that the archive decides. */
    private static final int DECISION_CHECKS = 40;

    private static final Duration CHECK_INTERVAL = Duration.ofMillis(50);

    /** How long a duplicate waits for events that neither memory nor the archive has. */
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

    /** How long an acknowledgement waits until the tail has read the command, so that it can say whether another command came first. */
    private static final Duration READ_WITHIN = Duration.ofMillis(500);

    private final ChatServices services;
    private final Caller caller;
    private final ConnectionQueue sender;
    private final ClientFrame.ChatStream frame;
    private final @Nullable String traceparent;
    private final ReplyHandler reply;
    private final StreamId id;
    private final SessionKey session;

    ChatMessage(
            ChatServices services,
            Caller caller,
            ConnectionQueue sender,
            ClientFrame.ChatStream frame,
            @Nullable String traceparent,
            ReplyHandler reply) {
        this.services = services;
        this.caller = caller;
        this.sender = sender;
        this.frame = frame;
        this.traceparent = traceparent;
        this.reply = reply;
        this.id = new StreamId(caller.user(), frame.messageId());
        this.session = new SessionKey(caller.user(), frame.sessionId());
    }

    void handle() {
        handle(DECISION_CHECKS);
    }

    private void handle(int checksLeft) {
        if (services.relay().streams().state(id) != StreamState.UNKNOWN) {
            attach();
            return;
        }
        switch (services.knownIds().state(id)) {
            case DUPLICATE -> attachDuplicate();
            case NEW -> publish();
            case UNKNOWN -> {
                if (checksLeft > 0) {
                    services.scheduler().schedule(() -> handle(checksLeft - 1), CHECK_INTERVAL);
                } else {
                    decideByArchive();
                }
            }
        }
    }

    /** The stream is in memory. */
    private void attach() {
        if (services.relay().attach(sender, id, session, services.nowMs())) {
            reply.done(true);
            services.awaited().lookFor(id);
            return;
        }
        Refusal notArchived = services.relay().streams().state(id) == StreamState.ENDED
                ? Refusals.STREAM_NOT_FOUND
                : Refusals.EVICTED;
        services.past().find(id, 0, found -> {
            switch (found) {
                case PastStreams.Found.Stream(BufferedStream stream) -> attachPast(stream);
                case PastStreams.Found.Nothing _ -> reply.refused(notArchived);
                case PastStreams.Found.Failed(Refusal why) -> reply.refused(why);
            }
        });
    }

    private void attachPast(BufferedStream stream) {
        if (services.relay().attachPast(sender, stream) == ResumeResult.TOO_MANY_PAST_STREAMS) {
            reply.refused(Refusals.TOO_MANY_PAST_STREAMS);
        } else {
            reply.done(true);
        }
    }

    /** The log has a command with this id, and memory has no stream: it is archived, will be soon, or has not started yet. */
    private void attachDuplicate() {
        services.past().find(id, 0, found -> {
            if (found instanceof PastStreams.Found.Stream(BufferedStream stream)) {
                attachPast(stream);
                return;
            }
            services.relay().attach(sender, id, session, services.nowMs());
            services.relay().onRequested(id, session, services.nowMs());
            reply.done(true);
            services.awaited().lookFor(id);
            services.scheduler().schedule(this::refuseIfStillAwaited, ANSWER_WITHIN);
        });
    }

    private void refuseIfStillAwaited() {
        if (services.relay().stopWaiting(sender, id)) {
            sender.refuse(Refusals.ANSWER_NOT_FOUND.frame(id.message(), session.session()));
        }
    }

    /** This node has not read all message ids of the log. A message is published only if the archive surely does not have it. */
    private void decideByArchive() {
        services.past().find(id, 0, found -> {
            switch (found) {
                case PastStreams.Found.Stream(BufferedStream stream) -> attachPast(stream);
                case PastStreams.Found.Nothing _
                when services.isWarm().getAsBoolean() -> {
                    if (services.relay().streams().state(id) == StreamState.UNKNOWN) {
                        publish();
                    } else {
                        attach();
                    }
                }
                case PastStreams.Found.Nothing _, PastStreams.Found.Failed _ ->
                    reply.refused(Refusals.DUPLICATE_UNDECIDED);
            }
        });
    }

    private void publish() {
        Refusal tooMany = services.rateLimit().take(id, session.session());
        if (tooMany != null) {
            reply.refused(tooMany);
            return;
        }
        services.relay().attach(sender, id, session, services.nowMs());
        Command.ChatStream command =
                services.commands().chatStream(frame, caller, services.clock().instant());
        services.sender().send(command, traceparent, reply, position -> onPublished(command, position));
    }

    /** Replies when the tail has read the command: by then all commands before it are known. */
    private void onPublished(Command.ChatStream command, PublishResult.Acknowledged position) {
        services.knownIds().add(position.partition(), position.offset(), command);
        services.relay().onRequested(id, session, services.nowMs());
        AtomicBoolean replied = new AtomicBoolean();
        Runnable replyOnce = () -> {
            if (replied.compareAndSet(false, true)) {
                reply.done(services.knownIds().hasCommandBefore(id, position.offset()));
                services.awaited().lookFor(id);
            }
        };
        services.knownIds().whenRead(position.partition(), position.offset(), replyOnce);
        services.scheduler().schedule(replyOnce, READ_WITHIN);
    }
}
