package dev.parley.gateway.chat;

import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.auth.Caller;
import dev.parley.gateway.connections.RemoteConnections;
import dev.parley.gateway.publish.CommandFactory;
import dev.parley.gateway.publish.CommandPublisher;
import dev.parley.gateway.publish.PublishResult;
import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.BufferedStream;
import dev.parley.gateway.relay.ConnectionQueue;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.relay.ResumeResult;
import dev.parley.gateway.relay.StreamState;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.Command;
import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.trace.Traces;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What clients may ask of streams, for every door alike. Who asks is always part of what is asked for, so nobody reaches another
 * user's streams whatever ids are named. Nothing here blocks.
 */
public final class ChatService {

    private static final long COLD_RETRY_MS = 1_000;
    private static final long BUSY_RETRY_MS = 1_000;

    /** How often, and at what distance, an unknown stream is looked for: half a second is more than the tail lags behind. */
    private static final int LOOK_AGAIN = 10;

    private static final long LOOK_EVERY_MS = 50;

    /** How often a node that is still reading the log looks whether it is done before a client is told to come back. */
    private static final int COLD_LOOKS = 200;

    /** A stream that was asked for and says nothing for so long may have been over long before. Each further look waits twice as long. */
    private static final long SILENT_MS = 1_000;

    private static final long SILENT_MOST_MS = 30_000;

    private static final long FORGOTTEN_RETRY_MS = 5_000;

    private static final Refusal AHEAD =
            Refusal.of(ErrorCode.INVALID_MESSAGE_FORMAT, "after_seq: the stream has not come that far");
    private static final Refusal UNKNOWN = Refusal.of(ErrorCode.STREAM_NOT_FOUND, "no such stream");
    private static final Refusal BUSY =
            new Refusal(ErrorCode.RATE_LIMIT_EXCEEDED, "too many old streams at once", BUSY_RETRY_MS);
    private static final Refusal TOO_MANY_SESSIONS =
            Refusal.of(ErrorCode.RATE_LIMIT_EXCEEDED, "too many sessions joined");
    private static final Refusal COLD =
            new Refusal(ErrorCode.UNAVAILABLE, "this node is still reading the log", COLD_RETRY_MS);

    private static final Refusal FORGOTTEN =
            new Refusal(ErrorCode.UNAVAILABLE, "its beginning can be read when it is over", FORGOTTEN_RETRY_MS);

    private static final Refusal UNDECIDED = new Refusal(
            ErrorCode.UNAVAILABLE, "this node cannot tell yet whether the message was sent before", COLD_RETRY_MS);

    private static final Refusal NOT_FOUND_YET = new Refusal(
            ErrorCode.UNAVAILABLE, "the answer of this message is not found; ask again", FORGOTTEN_RETRY_MS);

    /** How often it is looked whether the commands of the past are read before the store is asked. */
    private static final int UNDECIDED_LOOKS = 40;

    /** How long a repeat waits for an answer that is neither in memory nor in the archive. */
    private static final long REPEAT_WITHIN_MS = 60_000;

    /** How long an acknowledgement waits for the tail to read the command, so that it says whether another one came before. */
    private static final long READ_WITHIN_MS = 500;

    /** Streams that are looked for. */
    private final Set<StreamId> awaited = ConcurrentHashMap.newKeySet();

    private final Relay relay;
    private final RemoteConnections elsewhere;
    private final CommandPublisher publisher;
    private final CommandFactory commands;
    private final MessageRateLimit rate;
    private final BooleanSupplier warm;
    private final GatewayMetrics metrics;
    private final Clock clock;
    private final Later again;
    private final Traces traces;
    private final PastStreams past;
    private final KnownMessageIds repeats;

    /** @param warm whether the log was read up to where it ended at the start, so that a stream nobody knows here is unknown */
    public ChatService(
            Relay relay,
            RemoteConnections elsewhere,
            CommandPublisher publisher,
            CommandFactory commands,
            MessageRateLimit rate,
            BooleanSupplier warm,
            GatewayMetrics metrics,
            Clock clock,
            Later again,
            Traces traces,
            PastStreams past,
            KnownMessageIds repeats) {
        this.relay = relay;
        this.elsewhere = elsewhere;
        this.publisher = publisher;
        this.commands = commands;
        this.rate = rate;
        this.warm = warm;
        this.metrics = metrics;
        this.clock = clock;
        this.again = again;
        this.traces = traces;
        this.past = past;
        this.repeats = repeats;
    }

    /** Milliseconds on a clock that never jumps; only differences mean something. */
    public static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    public Relay relay() {
        return relay;
    }

    /** How many connections a user has: those to this gateway now, and those to the others as of a second or two ago. */
    public int connectionsOf(UserId user) {
        return relay.connectionsOf(user) + elsewhere.connectionsOf(user, nowMs());
    }

    /**
     * Answers a message. The asker follows the stream from its first event on, unless it has seen it; the first events may come
     * before the reply. A message that is known is not written again: its command is in the log.
     *
     * @param traceparent the W3C trace context that the asker sent along, if any; the same below
     */
    public void chatStream(
            Caller caller,
            ConnectionQueue asker,
            ClientFrame.ChatStream frame,
            @Nullable String traceparent,
            ReplyHandler reply) {
        Refusal tooLarge = CommandFactory.refusalOf(frame);
        if (tooLarge != null) {
            reply.refused(tooLarge);
            return;
        }
        chatStream(new Question(caller, asker, frame, traceparent, reply), UNDECIDED_LOOKS);
    }

    /** A {@code chat_stream}, by whoever asks. */
    private record Question(
            Caller caller,
            ConnectionQueue asker,
            ClientFrame.ChatStream frame,
            @Nullable String traceparent,
            ReplyHandler reply) {

        StreamId id() {
            return new StreamId(caller.user(), frame.messageId());
        }

        SessionKey session() {
            return new SessionKey(caller.user(), frame.sessionId());
        }
    }

    private void chatStream(Question question, int looksLeft) {
        StreamId id = question.id();
        if (relay.known(id) != StreamState.NO) {
            attachKnown(question);
            return;
        }
        switch (repeats.judge(id)) {
            case REPEAT -> attachRepeat(question);
            case NEW -> publishNew(question);
            case UNDECIDED -> {
                if (looksLeft > 0) {
                    again.accept(() -> chatStream(question, looksLeft - 1), LOOK_EVERY_MS);
                } else {
                    askTheStore(question);
                }
            }
        }
    }

    private void attachKnown(Question question) {
        StreamId id = question.id();
        if (relay.attach(question.asker(), id, question.session(), nowMs())) {
            question.reply().done(true);
            lookIfSilent(id);
        } else {
            attachPast(
                    id, question.asker(), question.reply(), relay.known(id) == StreamState.OVER ? UNKNOWN : FORGOTTEN);
        }
    }

    /**
     * The log has the command of a stream that is not in memory any more. It is in the archive, or will be there in a moment, or it still
     * waits for its turn; and nobody waits for ever for what does not come.
     */
    private void attachRepeat(Question question) {
        StreamId id = question.id();
        ConnectionQueue asker = question.asker();
        past.find(id, found -> {
            if (found instanceof PastStreams.Found.Stream(BufferedStream stream)) {
                if (relay.attachPast(asker, stream) == ResumeResult.BUSY) {
                    question.reply().refused(BUSY);
                } else {
                    question.reply().done(true);
                }
                return;
            }
            relay.attach(asker, id, question.session(), nowMs());
            relay.onAsked(id, question.session(), nowMs());
            question.reply().done(true);
            lookIfSilent(id);
            again.accept(
                    () -> {
                        if (relay.giveUp(asker, id)) {
                            asker.refuse(NOT_FOUND_YET.frame(
                                    id.message(), question.session().session()));
                        }
                    },
                    REPEAT_WITHIN_MS);
        });
    }

    /** The commands of the past are not all read. Only what the store is sure not to have is published. */
    private void askTheStore(Question question) {
        past.find(question.id(), found -> {
            switch (found) {
                case PastStreams.Found.Stream(BufferedStream stream) -> {
                    if (relay.attachPast(question.asker(), stream) == ResumeResult.BUSY) {
                        question.reply().refused(BUSY);
                    } else {
                        question.reply().done(true);
                    }
                }
                case PastStreams.Found.Nothing _
                when warm.getAsBoolean() -> {
                    if (relay.known(question.id()) == StreamState.NO) {
                        publishNew(question);
                    } else {
                        attachKnown(question);
                    }
                }
                case PastStreams.Found.Nothing _, PastStreams.Found.Failed _ ->
                    question.reply().refused(UNDECIDED);
            }
        });
    }

    private void publishNew(Question question) {
        StreamId id = question.id();
        SessionKey session = question.session();
        Refusal tooMany = rate.take(id, session.session());
        if (tooMany != null) {
            question.reply().refused(tooMany);
            return;
        }
        relay.attach(question.asker(), id, session, nowMs());
        Command.ChatStream command = commands.chatStream(question.frame(), question.caller(), clock.instant());
        publish(command, question.traceparent(), question.reply(), place -> {
            repeats.add(place.partition(), place.offset(), command);
            relay.onAsked(id, session, nowMs());
            AtomicBoolean told = new AtomicBoolean();
            Runnable tell = () -> {
                if (told.compareAndSet(false, true)) {
                    question.reply().done(repeats.wasAskedBefore(id, place.offset()));
                    lookIfSilent(id);
                }
            };
            // By then the commands that others sent before this one are known.
            repeats.whenRead(place.partition(), place.offset(), tell);
            again.accept(tell, READ_WITHIN_MS);
        });
    }

    /**
     * The beginning is not in memory any more.
     *
     * @param nothing what to say if the archive does not have it
     */
    private void attachPast(StreamId id, ConnectionQueue asker, ReplyHandler reply, Refusal nothing) {
        past.find(id, found -> {
            switch (found) {
                case PastStreams.Found.Stream(BufferedStream stream) -> {
                    if (relay.attachPast(asker, stream) == ResumeResult.BUSY) {
                        reply.refused(BUSY);
                    } else {
                        reply.done(true);
                    }
                }
                case PastStreams.Found.Nothing _ -> reply.refused(nothing);
                case PastStreams.Found.Failed(Refusal why) -> reply.refused(why);
            }
        });
    }

    /**
     * A message that was asked for again after its answer left the memory of all gateways gets no new answer, as the worker knows
     * better: then the archive has it.
     */
    private void lookIfSilent(StreamId id) {
        if (relay.isAwaited(id) && awaited.add(id)) {
            lookIfSilent(id, SILENT_MS);
        }
    }

    private void lookIfSilent(StreamId id, long afterMs) {
        again.accept(
                () -> {
                    awaited.remove(id);
                    if (relay.isAwaited(id) && awaited.add(id)) {
                        past.find(id, found -> {
                            if (found instanceof PastStreams.Found.Stream(BufferedStream stream)) {
                                relay.onFoundPast(stream);
                                awaited.remove(id);
                                lookIfSilent(id); // for who comes later, or gets too many old ones just now
                            } else {
                                lookIfSilent(id, Math.min(2 * afterMs, SILENT_MOST_MS));
                            }
                        });
                    }
                },
                afterMs);
    }

    /**
     * Shows the asker what is under way in a session, and all that starts there later. A node that is still reading the log does so when
     * it knows what is under way.
     *
     * @param wanted asked when it is done: whether the asker still wants it
     */
    public void join(
            ConnectionQueue asker, SessionKey session, int maxSessions, BooleanSupplier wanted, ReplyHandler reply) {
        join(asker, session, maxSessions, wanted, reply, COLD_LOOKS);
    }

    private void join(
            ConnectionQueue asker,
            SessionKey session,
            int maxSessions,
            BooleanSupplier wanted,
            ReplyHandler reply,
            int looksLeft) {
        if (warm.getAsBoolean()) {
            if (relay.join(asker, session, maxSessions, wanted)) {
                reply.done(false);
            } else {
                reply.refused(TOO_MANY_SESSIONS);
            }
        } else if (looksLeft == 0) {
            reply.refused(COLD);
        } else {
            again.accept(() -> join(asker, session, maxSessions, wanted, reply, looksLeft - 1), LOOK_EVERY_MS);
        }
    }

    /** Ends a stream with the text that it has; also one that nobody has heard of yet. */
    public void stopGeneration(
            Caller caller, ClientFrame.StopGeneration frame, @Nullable String traceparent, ReplyHandler reply) {
        StreamId id = new StreamId(caller.user(), frame.messageId());
        if (relay.known(id) == StreamState.OVER) {
            reply.done(true);
            return;
        }
        Refusal tooMany = rate.takeStop(caller.user());
        if (tooMany != null) {
            reply.refused(tooMany);
            return;
        }
        SessionKey actual = relay.sessionOf(id);
        SessionId session = actual == null ? frame.sessionId() : actual.session();
        publish(
                commands.stopGeneration(frame, session, caller, clock.instant()),
                traceparent,
                reply,
                _ -> reply.done(false));
    }

    /** Ends what runs in a conversation and forgets all that was in it, also if nobody has heard of it. */
    public void deleteConversation(Caller caller, SessionId session, @Nullable String traceparent, ReplyHandler reply) {
        Refusal tooMany = rate.takeStop(caller.user());
        if (tooMany != null) {
            reply.refused(tooMany);
            return;
        }
        publish(
                commands.deleteConversation(session, caller, clock.instant()),
                traceparent,
                reply,
                _ -> reply.done(false));
    }

    private void publish(
            Command command,
            @Nullable String traceparent,
            ReplyHandler reply,
            Consumer<PublishResult.Acknowledged> acknowledged) {
        long since = System.nanoTime();
        String type = Vocabulary.nameOf(command.getClass());
        Traces.Step step = traces.begin("accept " + type, Traces.Kind.SERVER, traceparent);
        Consumer<PublishResult> then = outcome -> {
            switch (outcome) {
                case PublishResult.Acknowledged place -> {
                    metrics.acknowledged(type, System.nanoTime() - since);
                    step.end();
                    acknowledged.accept(place);
                }
                case PublishResult.Unavailable(Refusal refusal) -> {
                    step.failed(refusal.code().name()).end();
                    reply.refused(refusal);
                }
            }
        };
        publisher.publish(command, step.traceparent(), then);
    }

    /**
     * Shows the asker all of a stream after a seq, then what comes. A stream that this node has not heard of may have been
     * acknowledged by another a moment ago: it is looked for again until the log must have brought it, and then in the archive.
     */
    public void resume(Caller caller, ConnectionQueue asker, ClientFrame.Resume frame, ReplyHandler reply) {
        resume(new StreamId(caller.user(), frame.messageId()), asker, frame.afterSeqOrNone(), reply, LOOK_AGAIN);
    }

    private void resume(StreamId id, ConnectionQueue asker, long afterSeq, ReplyHandler reply, int looksLeft) {
        ResumeResult resumption = relay.resume(asker, id, afterSeq);
        switch (resumption) {
            case RESUMED -> {
                reply.done(relay.hasEndedAt(id, afterSeq));
                lookIfSilent(id);
            }
            case FORGOTTEN -> resumePast(id, asker, afterSeq, reply, FORGOTTEN);
            case BUSY -> throw new IllegalStateException("only of old streams");
            case AHEAD, UNKNOWN -> {
                if (resumption == ResumeResult.AHEAD && warm.getAsBoolean()) {
                    reply.refused(AHEAD);
                } else if (looksLeft == 0) {
                    resumePast(id, asker, afterSeq, reply, UNKNOWN);
                } else {
                    again.accept(() -> resume(id, asker, afterSeq, reply, looksLeft - 1), LOOK_EVERY_MS);
                }
            }
        }
    }

    /** @param nothing what to say if the archive does not have it */
    private void resumePast(StreamId id, ConnectionQueue asker, long afterSeq, ReplyHandler reply, Refusal nothing) {
        if (!warm.getAsBoolean()) {
            reply.refused(COLD);
            return;
        }
        past.find(id, found -> {
            switch (found) {
                case PastStreams.Found.Stream(BufferedStream stream) -> {
                    switch (relay.resumePast(asker, stream, afterSeq)) {
                        case RESUMED -> reply.done(stream.endsWith(afterSeq));
                        case AHEAD -> reply.refused(AHEAD);
                        case BUSY -> reply.refused(BUSY);
                        case UNKNOWN, FORGOTTEN -> reply.refused(UNKNOWN);
                    }
                }
                case PastStreams.Found.Nothing _ -> reply.refused(nothing);
                case PastStreams.Found.Failed(Refusal why) -> reply.refused(why);
            }
        });
    }

    /** Runs something later. */
    public interface Later {
        void accept(Runnable what, long afterMs);
    }
}
