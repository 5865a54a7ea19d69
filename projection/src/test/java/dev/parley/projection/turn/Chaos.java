package dev.parley.projection.turn;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.Emotion;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.LearningReadiness;
import dev.parley.schema.event.ReasoningStep;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StoppedMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.ContextInfo;
import dev.parley.schema.event.StreamEvent.EmotionUpdate;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;
import dev.parley.schema.event.ThinkingMode;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LogPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A partition generated from a seed, with right writers, zombies, duplicates, double claims, late starts and deletions. Apart from the log it
 * keeps, without {@code StreamLog}, what the right writers wrote: the result that every reader has to come to.
 */
public final class Chaos {

    private final RandomGenerator random;
    private final TestLog log = new TestLog();
    private final Map<StreamId, Expected> expected = new LinkedHashMap<>();
    private final List<SessionKey> sessions;
    private final Map<SessionKey, Long> deletions = new HashMap<>();
    /** Sessions whose last deletion names no command. */
    private final Set<SessionKey> deletedWithoutCommand = new HashSet<>();

    private int streams;
    private int commands;

    /** What a stream has to be in the end, according to its right writers. */
    public static final class Expected {
        final SessionKey session;
        final StringBuilder text = new StringBuilder();
        final List<String> thoughts = new ArrayList<>();
        final List<Claim> claims = new ArrayList<>();
        final long firstOffset;
        final long folded;
        final Instant startedAt;
        long seq = 1;

        @Nullable
        Instant endedAt;

        String status = "streaming";
        boolean hasEmotion;
        boolean hasContext;

        Expected(SessionKey session, Claim claim, long firstOffset, long folded, Instant startedAt) {
            this.session = session;
            this.firstOffset = firstOffset;
            this.folded = folded;
            this.startedAt = startedAt;
            claims.add(claim);
        }

        public SessionKey session() {
            return session;
        }

        public String text() {
            return text.toString();
        }

        public List<String> thoughts() {
            return thoughts;
        }

        public String status() {
            return status;
        }

        public long events() {
            return seq;
        }

        public int attempts() {
            return claims.size();
        }

        public long firstOffset() {
            return firstOffset;
        }

        Claim owner() {
            return claims.getLast();
        }

        boolean over() {
            return !status.equals("streaming");
        }
    }

    private Chaos(RandomGenerator random, String users) {
        this.random = random;
        this.sessions = List.of(
                SessionKey.of(users + "ann", "s1"),
                SessionKey.of(users + "ann", "s2"),
                SessionKey.of(users + "b/ob%", "s1"),
                SessionKey.of(users + "c", "s"));
    }

    /** @param ended whether every stream comes to its end */
    public static Chaos of(RandomGenerator random, int steps, boolean ended) {
        return of(random, steps, ended, "");
    }

    /** @param users what their names begin with */
    public static Chaos of(RandomGenerator random, int steps, boolean ended, String users) {
        Chaos chaos = new Chaos(random, users);
        for (int i = 0; i < steps; i++) {
            chaos.log.at(chaos.log.now().plusMillis(random.nextInt(50)));
            chaos.step();
        }
        if (ended) {
            chaos.expected.forEach((stream, state) -> {
                if (!state.over()) {
                    chaos.end(stream, state);
                }
            });
        }
        return chaos;
    }

    public TestLog log() {
        return log;
    }

    public Map<StreamId, Expected> expected() {
        return expected;
    }

    /** The turns that a conversation has in the end. */
    public List<Expected> turnsOf(SessionKey session) {
        return expected.values().stream()
                .filter(state -> state.session.equals(session) && !state.status.equals("deleted"))
                .toList();
    }

    public List<SessionKey> sessions() {
        return sessions;
    }

    private void step() {
        int dice = random.nextInt(100);
        if (expected.isEmpty() || dice < 8) {
            open();
            return;
        }
        List<StreamId> all = List.copyOf(expected.keySet());
        StreamId stream = all.get(random.nextInt(all.size()));
        Expected state = expected.get(stream);
        if (state == null) {
            throw new AssertionError();
        }
        if (dice < 10) {
            delete(state.session);
        } else if (dice < 20) {
            repeat(random.nextInt(log.size()));
        } else if (dice < 24) {
            secondStart(stream, state);
        } else if (dice < 34) {
            zombie(stream, state);
        } else if (dice < 42) {
            takeover(stream, state);
        } else if (state.over()) {
            log.event(state.session, state.owner(), chunk(stream, state.seq, "after the end"));
        } else if (dice < 48) {
            control(stream, state);
        } else if (dice < 55) {
            end(stream, state);
        } else {
            grow(stream, state);
        }
    }

    /** Repeats a record. This changes nothing, except for a deletion that does not name its command: it counts as another deletion. */
    private void repeat(int index) {
        if (log.get(index)
                        instanceof LogRecord.OfStream(var stream, var _, var _, Entry.Takeover takeover, var _, var _)
                && !takeover.statesFolded()
                && expected.get(stream) instanceof Expected state
                && index < state.firstOffset) {
            return; // an older version's takeover names its attempt and not the deleted stream that it was of
        }
        if (log.get(index) instanceof LogRecord.OfStream(var stream, var _, var _, Entry.Start start, var _, var _)
                && !canBeJudged(stream, start)) {
            return;
        }
        if (log.get(index) instanceof LogRecord.Deletion(SessionKey session, long command, LogPosition _)
                && command == ConversationStep.Deleted.NO_COMMAND) {
            deleteOfNoCommand(session);
        } else {
            log.again(index);
        }
    }

    /** Whether a reader that begins after a deletion can judge a start: it must say what its writer had folded, and the deletion must name its command. */
    private boolean canBeJudged(StreamId stream, Entry.Start start) {
        Expected state = expected.get(stream);
        return state == null
                || !state.status.equals("deleted")
                || (start.statesFolded() && !deletedWithoutCommand.contains(state.session));
    }

    /** Writers of older versions do not say what they had folded. */
    private void open() {
        SessionKey session = sessions.get(random.nextInt(sessions.size()));
        StreamId stream = new StreamId(session.user(), new MessageId("m" + streams++));
        boolean old = random.nextInt(4) == 0;
        open(session, stream, old ? Entry.Start.NOT_STATED : folded(deletedAt(session)));
    }

    private void open(SessionKey session, StreamId stream, long folded) {
        Claim claim = claim(1);
        expected.put(stream, new Expected(session, claim, log.size(), folded, log.now()));
        start(session, claim, stream, "message of " + stream.message(), folded);
    }

    /** Any offset from this one to the last of the log. */
    private long folded(long atLeast) {
        return atLeast + random.nextLong(log.size() - atLeast);
    }

    /** The offset of the last deletion in a session, -1 if there is none. */
    private long deletedAt(SessionKey session) {
        return deletions.getOrDefault(session, -1L);
    }

    private void start(SessionKey session, Claim claim, StreamId stream, String message, long folded) {
        var start = TestLog.start(session, stream, message, writersTime());
        if (folded == Entry.Start.NOT_STATED) {
            log.event(session, claim, start);
        } else {
            log.start(session, claim, start, folded);
        }
    }

    /**
     * Of a deleted stream: by a writer that had read the deletion, and then the id is new; or by one that had not, and then it is nothing. Of
     * another: by one that had not read the first, or that does not say.
     */
    private void secondStart(StreamId stream, Expected state) {
        boolean old = random.nextInt(4) == 0 && !state.status.equals("deleted");
        long gone = deletedAt(state.session);
        if (state.status.equals("deleted") && random.nextInt(3) > 0) {
            open(state.session, stream, folded(gone));
        } else if (!state.status.equals("deleted") || !deletedWithoutCommand.contains(state.session)) {
            long before = state.status.equals("deleted") ? gone : state.firstOffset;
            long folded = old ? Entry.Start.NOT_STATED : before == 0 ? -1 : random.nextLong(before);
            start(state.session, claim(1), stream, "a second start", folded);
        }
    }

    private void delete(SessionKey session) {
        if (random.nextInt(4) == 0) {
            deleteOfNoCommand(session);
            return;
        }
        markDeleted(session);
        deletedWithoutCommand.remove(session);
        commands += 1 + random.nextInt(3);
        log.deletion(session, commands);
        if (random.nextInt(3) == 0) {
            log.deletion(session, commands - random.nextInt(commands));
        }
    }

    private void deleteOfNoCommand(SessionKey session) {
        markDeleted(session);
        deletedWithoutCommand.add(session);
        log.deletion(session);
    }

    /** To be called before the deletion is written. */
    private void markDeleted(SessionKey session) {
        deletions.put(session, (long) log.size());
        expected.values().stream()
                .filter(state -> state.session.equals(session))
                .forEach(state -> state.status = "deleted");
    }

    private void grow(StreamId stream, Expected state) {
        SessionKey session = state.session;
        int dice = random.nextInt(10);
        if (dice == 0) {
            state.hasEmotion = true;
            Emotion emotion = new Emotion("joy", random.nextInt(100) / 100.0, 0.5, LearningReadiness.HIGH_READINESS);
            log.event(
                    session,
                    state.owner(),
                    new EmotionUpdate(stream.message(), state.seq, session.session(), writersTime(), emotion));
        } else if (dice == 1) {
            state.hasContext = true;
            ContextUsed context = new ContextUsed(random.nextInt(9), 0, false, false, null, null, null);
            log.event(
                    session,
                    state.owner(),
                    new ContextInfo(stream.message(), state.seq, session.session(), writersTime(), context));
        } else if (dice == 2) {
            String thought = "thought " + state.seq;
            state.thoughts.add(thought);
            ReasoningStep step = new ReasoningStep(state.thoughts.size(), ThinkingMode.ANALYTICAL, thought, null);
            log.event(session, state.owner(), new ThinkingChunk(stream.message(), state.seq, step));
        } else {
            String piece = "%s-%d ß😀\n".formatted(stream.message(), state.seq);
            state.text.append(piece);
            log.event(session, state.owner(), chunk(stream, state.seq, piece));
        }
        state.seq++;
    }

    private void end(StreamId stream, Expected state) {
        String text = state.text.toString();
        Tokens tokens = new Tokens(1, 2, 0, 3, true);
        int dice = random.nextInt(3);
        StreamEvent end = switch (dice) {
            case 0 ->
                new StreamComplete(
                        stream.message(),
                        state.seq,
                        state.session.session(),
                        writersTime(),
                        "ai-" + stream.message(),
                        text,
                        new CompleteMetadata(
                                "scripted", "scripted-1", "stop", 10, 5, tokens, null, state.claims.size(), null),
                        ContentSha256.of(text));
            case 1 ->
                new GenerationStopped(
                        stream.message(),
                        state.seq,
                        state.session.session(),
                        writersTime(),
                        "ai-" + stream.message(),
                        StopReason.USER_CANCELLED,
                        text,
                        new StoppedMetadata("fake", "fake-1", tokens, null, 7));
            default ->
                new StreamError(
                        stream.message(),
                        state.seq,
                        state.session.session(),
                        writersTime(),
                        "ai-" + stream.message(),
                        new Failure(ErrorCode.AI_PROVIDER_UNAVAILABLE, "The model is unavailable.", null, true),
                        text);
        };
        log.event(state.session, state.owner(), end);
        state.seq++;
        state.endedAt = log.now();
        state.status = List.of("complete", "stopped", "error").get(dice);
    }

    /** By a writer that has read the start; of a deleted stream, by one that has not read the deletion. */
    private void takeover(StreamId stream, Expected state) {
        Claim next = claim(state.claims.size() + 1);
        takeover(stream, state, next);
        if (!state.over()) {
            state.claims.add(next);
        }
        if (random.nextBoolean()) {
            takeover(stream, state, claim(next.attempt()));
        }
        if (state.folded >= 0 && random.nextInt(3) == 0) {
            // of an earlier stream of that id
            log.takeover(state.session, stream, claim(state.claims.size() + 1), random.nextLong(state.folded + 1));
        }
    }

    private void takeover(StreamId stream, Expected state, Claim claim) {
        long end = state.status.equals("deleted") ? deletedAt(state.session) : log.size();
        if (random.nextInt(4) == 0) {
            log.takeover(state.session, stream, claim);
        } else {
            log.takeover(state.session, stream, claim, random.nextLong(state.firstOffset, end));
        }
    }

    private void zombie(StreamId stream, Expected state) {
        Claim stale = state.claims.size() > 1
                ? state.claims.get(random.nextInt(state.claims.size() - 1))
                : claim(1 + random.nextInt(3));
        long seq = Math.max(1, state.seq + random.nextInt(3) - 1);
        log.event(state.session, stale, chunk(stream, seq, "zombie"));
    }

    private void control(StreamId stream, Expected state) {
        ChatEvent.Control control = random.nextBoolean()
                ? new ChatEvent.StreamKeepalive(stream.message())
                : new ChatEvent.StreamReleased(stream.message(), "drain");
        log.control(state.session, state.owner(), control);
    }

    /** What a worker writes into an event: clocks may be hours off. */
    private Instant writersTime() {
        return log.now().plus(Duration.ofHours(random.nextInt(5) - 2));
    }

    private Claim claim(int attempt) {
        return new Claim(attempt, Integer.toString(random.nextInt(Integer.MAX_VALUE), 36));
    }

    private static ContentChunk chunk(StreamId stream, long seq, String text) {
        return new ContentChunk(stream.message(), seq, text, false, null);
    }
}
