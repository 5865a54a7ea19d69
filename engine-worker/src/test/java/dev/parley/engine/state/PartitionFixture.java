package dev.parley.engine.state;

import dev.parley.engine.state.EventRecord.Value;
import dev.parley.engine.stream.Decision;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.Command.DeleteConversation;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The state of a partition whose log the test writes record by record, with a clock that the test moves. */
final class PartitionFixture {
    static final DecisionSettings SETTINGS = new DecisionSettings(
            Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(250), Duration.ofMillis(25), 3, true, 2);

    /** The length of each message. */
    static final int MESSAGE_CHARS = 500;

    static final Duration MEMORY = Duration.ofMinutes(1);

    private static final Instant TIME = Instant.EPOCH;
    private static final UserId USER = new UserId("ada");

    final PartitionState state;
    private long offset;
    private boolean brokersClock = true;
    private long eventOffset;
    private long now;

    PartitionFixture() {
        this(new PartitionState.Bounds(100_000, 10, 100, 10, MEMORY, SETTINGS.lease()));
    }

    PartitionFixture(PartitionState.Bounds bounds) {
        state = new PartitionState(bounds);
    }

    PartitionFixture asked(String session, String message, OnBusy onBusy) {
        return command(new ChatStream(
                new MessageId(message),
                new SessionId(session),
                USER,
                message(message),
                ChatContext.NONE,
                onBusy,
                Priority.MEDIUM,
                TIME,
                "gw"));
    }

    static String message(String id) {
        return ("text of " + id).repeat(MESSAGE_CHARS).substring(0, MESSAGE_CHARS);
    }

    PartitionFixture asked(String session, String message) {
        return asked(session, message, OnBusy.ENQUEUE);
    }

    PartitionFixture stopAsked(String session, String message) {
        return command(stop(session, message));
    }

    /** Commands that ask for nothing. */
    PartitionFixture others(int count) {
        offset += count;
        return this;
    }

    /** A stop that is read before the commands in front of it. */
    PartitionFixture stopReadAhead(String session, String message, int others) {
        state.command(new CommandRecord.Readable(0, offset + others, stop(session, message), null, null), now);
        return this;
    }

    private static StopGeneration stop(String session, String message) {
        return new StopGeneration(new MessageId(message), new SessionId(session), USER, TIME, "gw");
    }

    PartitionFixture deletionAsked(String session) {
        return command(new DeleteConversation(new SessionId(session), USER, TIME, "gw"));
    }

    PartitionFixture deleted(String session) {
        state.conversationDeleted(new EventRecord.OfSession(0, eventOffset++, session(session), null, null), now);
        return this;
    }

    /** The record names its command. */
    PartitionFixture deleted(String session, long command) {
        state.conversationDeleted(new EventRecord.OfSession(0, eventOffset++, session(session), command, null), now);
        return this;
    }

    private PartitionFixture command(Command command) {
        state.command(new CommandRecord.Readable(0, offset++, command, null, TIME), now);
        return this;
    }

    PartitionFixture started(String session, String message, String claim) {
        event(
                session,
                message,
                new Entry.Start(new Claim(1, claim)),
                new StreamStart(
                        new MessageId(message),
                        0,
                        new SessionId(session),
                        TIME,
                        "ai",
                        USER,
                        message(message),
                        null,
                        ChatContext.NONE,
                        new StartMetadata("fake", "fake-1", "general", null)));
        return this;
    }

    PartitionFixture said(String session, String message, String claim, long seq, String text) {
        event(
                session,
                message,
                new Entry.Event(new Claim(1, claim), seq),
                new ContentChunk(new MessageId(message), seq, text, false, null));
        return this;
    }

    Verdict takenOver(String session, String message, int attempt, String claim) {
        return event(session, message, new Entry.Takeover(new Claim(attempt, claim)), null);
    }

    PartitionFixture keptAlive(String session, String message, String claim) {
        event(session, message, new Entry.Keepalive(new Claim(1, claim)), null);
        return this;
    }

    PartitionFixture released(String session, String message, String claim) {
        event(session, message, new Entry.Released(new Claim(1, claim)), null);
        return this;
    }

    PartitionFixture ended(String session, String message, String claim, long seq) {
        event(
                session,
                message,
                new Entry.Terminal(new Claim(1, claim), seq),
                new StreamError(
                        new MessageId(message),
                        seq,
                        new SessionId(session),
                        TIME,
                        "ai",
                        new Failure(ErrorCode.INTERNAL_ERROR, "no", null, true),
                        ""));
        return this;
    }

    /** A whole turn that showed something of the learner's ability. */
    PartitionFixture learned(String session, String message, AbilityUpdated ability) {
        asked(session, message).started(session, message, "a").said(session, message, "a", 1, "x");
        event(
                session,
                message,
                new Entry.Terminal(new Claim(1, "a"), 2),
                new StreamComplete(
                        new MessageId(message),
                        2,
                        new SessionId(session),
                        TIME,
                        "ai",
                        "x",
                        new CompleteMetadata(
                                "fake", "fake-1", "stop", 2, 1, new Tokens(1, 1, 0, 2, true), null, 1, ability),
                        ContentSha256.of("x")));
        return this;
    }

    /** A whole turn. */
    PartitionFixture answered(String session, String message, String text) {
        return asked(session, message)
                .started(session, message, "a")
                .said(session, message, "a", 1, text)
                .ended(session, message, "a", 2);
    }

    private Verdict event(String session, String message, Entry entry, @Nullable ChatEvent event) {
        return state.event(
                new EventRecord.OfStream(
                        0,
                        eventOffset++,
                        new RecordTime(Duration.ofNanos(now).toMillis(), brokersClock),
                        session(session),
                        id(message),
                        entry,
                        event == null ? new Value.UnknownType() : new Value.Known(event),
                        null),
                now);
    }

    /** The records have the times of the writers' clocks, as in topics of older versions. */
    PartitionFixture onWritersClocks() {
        brokersClock = false;
        return this;
    }

    PartitionFixture later(Duration time) {
        now += time.toNanos();
        return this;
    }

    Decision decide(String message, Role role) {
        return new Decider(SETTINGS).decide(state, turn(message), now, role);
    }

    /** What the owner does. */
    Decision decide(String message) {
        return decide(message, new Role.Owner(true));
    }

    /** The offsets that come next in commands and events. */
    LogPosition end() {
        return new LogPosition(offset, eventOffset);
    }

    /** From where another worker must read. */
    LogPosition position() {
        return state.position(offset, eventOffset, true, now);
    }

    TurnState turn(String message) {
        return Objects.requireNonNull(state.find(id(message)));
    }

    long now() {
        return now;
    }

    static StreamId id(String message) {
        return new StreamId(USER, new MessageId(message));
    }

    static SessionKey session(String session) {
        return new SessionKey(USER, new SessionId(session));
    }
}
