package dev.parley.engine.simulation;

import static dev.parley.engine.simulation.Violation.require;

import dev.parley.engine.simulation.SimLog.Saved;
import dev.parley.engine.simulation.SimModel.Manner;
import dev.parley.engine.simulation.Users.Message;
import dev.parley.engine.simulation.Violation.Promise;
import dev.parley.engine.stream.Written;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks a history after its end. */
final class Checks {
    private static final long STOP_WHEN_HEALTHY_MS = 5_000;
    private static final long STOP_AFTER_HEALING_MS = 60_000;
    private static final long PROMPT_MS = 1_000;
    private static final long RECOVERY_MS = 6_000;
    /** A lease, a step for each standby, and a little more; the group takes longer to give a dead worker's partitions away. */
    private static final long DELETION_MS = 5_000;

    private final Scene scene;
    private final Plan plan;
    private final Truth truth;
    private final Users users;
    private final long healedMs;

    Checks(Scene scene, long healedMs) {
        this.scene = scene;
        this.plan = scene.plan();
        this.truth = scene.log().truth;
        this.users = scene.users();
        this.healedMs = healedMs;
    }

    void all() {
        for (Message message : users.messages()) {
            StreamId id = message.id();
            Truth.Stream stream = truth.find(id);
            Terminal end = stream == null ? null : stream.written.end();
            if (stream == null || end == null) {
                throw new Violation(Promise.G3_ONE_END, id, "the message was sent, and its stream has no end");
            }
            text(id, stream, end);
            end(message, stream, end);
            stops(message, stream, end);
            interrupts(message);
            turn(message, stream);
            calls(message, end);
            promptness(message, stream);
        }
        for (Truth.Stream stream : truth.streams()) {
            require(
                    users.find(stream.id) != null || stream.accepted.isEmpty(),
                    Promise.G5_NOTHING_LOST,
                    stream.id,
                    "there is no message for it");
        }
        readersAgree();
        deletions();
        users.unreadableCommands.forEach(unreadable -> require(
                scene.monitor().isKept(unreadable),
                Promise.G5_NOTHING_LOST,
                null,
                unreadable + " is not in the dead-letter topic"));
        deletedTooMuch();
        checkScenario();
    }

    private void text(StreamId id, Truth.Stream stream, Terminal end) {
        String text = stream.written.content().toString();
        String whole = SimModel.answer(id);
        require(end.text().equals(text), Promise.RIGHT_TEXT, id, "the text of its end and its chunks differ");
        require(whole.startsWith(text), Promise.RIGHT_TEXT, id, "its text is not that of the model");
        require(
                !(end instanceof StreamComplete)
                        || text.equals(whole)
                        || scene.monitor().calls(id).contains(Manner.SAYS_NOTHING),
                Promise.RIGHT_TEXT,
                id,
                "it is complete without all of the model's text");
    }

    private void end(Message message, Truth.Stream stream, Terminal end) {
        switch (end) {
            case StreamComplete _ -> {}
            case GenerationStopped _ ->
                require(
                        users.mayBeStopped(message, scene.monitor()::isKnownRepeat),
                        Promise.RIGHT_END,
                        message.id(),
                        "it was stopped without a reason");
            case StreamError error ->
                require(
                        explains(error.error().code(), message, stream),
                        Promise.RIGHT_END,
                        message.id(),
                        "it ended with " + error.error() + " without a reason");
        }
    }

    private boolean explains(ErrorCode code, Message message, Truth.Stream stream) {
        return switch (code) {
            case AI_PROVIDER_UNAVAILABLE -> scene.monitor().modelFailed(message.id());
            case GENERATION_TIMEOUT ->
                scene.monitor().modelFailed(message.id())
                        || stream.endedMs - message.sent().atMs() >= Plan.TOTAL.toMillis() * 9 / 10;
            case WORKER_LOST -> !plan.resume() || stream.won.size() > plan.maxAttempts();
            case SESSION_BUSY -> message.command().onBusy() == OnBusy.REJECT && hasEarlier(message);
            case TOO_MANY_STREAMS -> !plan.calm() || othersAround(message, stream) >= plan.maxStreams();
            default -> false;
        };
    }

    /** The user's streams that ran when this one began, or that a worker may have taken for running. */
    private long othersAround(Message message, Truth.Stream stream) {
        return users.messages().stream()
                .filter(other -> other != message
                        && other.id().user().equals(message.id().user()))
                .map(other -> truth.find(other.id()))
                .filter(other -> other != null
                        && other.startedMs <= stream.startedMs + PROMPT_MS
                        && other.endedMs >= stream.startedMs - PROMPT_MS)
                .count();
    }

    private boolean hasEarlier(Message message) {
        return users.messages().stream().anyMatch(other -> isEarlier(other, message));
    }

    private static boolean isEarlier(Message other, Message message) {
        return other.command().sessionKey().equals(message.command().sessionKey())
                && other.sent().offset() < message.sent().offset();
    }

    /** Without faults, a message that interrupts soon ends the earlier ones of its session. */
    private void interrupts(Message message) {
        if (!plan.calm() || message.command().onBusy() != OnBusy.INTERRUPT) {
            return;
        }
        long readMs = Math.max(message.sent().atMs(), scene.monitor().givenMs(message.id()));
        for (Message earlier : users.messages()) {
            Truth.Stream before = isEarlier(earlier, message) ? truth.find(earlier.id()) : null;
            require(
                    before == null || before.endedMs <= readMs + STOP_WHEN_HEALTHY_MS,
                    Promise.G7_STOP,
                    earlier.id(),
                    message.id().message() + " interrupted it at " + readMs + " ms");
        }
    }

    private void stops(Message message, Truth.Stream stream, Terminal end) {
        if (message.stops().isEmpty()) {
            return;
        }
        StreamId id = message.id();
        Users.Sent stop = message.stops().getFirst();
        long known = Math.max(
                stop.atMs(), Math.max(message.sent().atMs(), scene.monitor().givenMs(id)));
        long latest = plan.healthy() ? known + STOP_WHEN_HEALTHY_MS : Math.max(known, healedMs) + STOP_AFTER_HEALING_MS;
        require(
                stream.endedMs <= latest,
                Promise.G7_STOP,
                id,
                "stopped at " + stop.atMs() + " ms, it ended at " + stream.endedMs + " ms");
        if (message.stoppedBefore() && plan.isRemembered(message.sent().atMs() - stop.atMs())) {
            require(
                    end instanceof GenerationStopped
                            && end.text().isEmpty()
                            && scene.monitor().calls(id).isEmpty(),
                    Promise.G7_STOP,
                    id,
                    "it was answered, though its stop came before it");
        }
    }

    /** A message that waits for its turn began after all earlier ones of its session were over. */
    private void turn(Message message, Truth.Stream stream) {
        OnBusy onBusy = message.command().onBusy();
        if (stream.written.content().isEmpty() || (onBusy != OnBusy.ENQUEUE && onBusy != OnBusy.INTERRUPT)) {
            return;
        }
        for (Message earlier : users.messages()) {
            if (isEarlier(earlier, message)) {
                Truth.Stream before = truth.find(earlier.id());
                require(
                        before != null && before.isOver() && before.endedAt < stream.startedAt,
                        Promise.TURN_ORDER,
                        message.id(),
                        "it began before " + earlier.id().message() + " was over");
            }
        }
    }

    private void calls(Message message, Terminal end) {
        List<Manner> calls = scene.monitor().calls(message.id());
        require(
                !(end instanceof StreamComplete) || !calls.isEmpty(),
                Promise.RIGHT_TEXT,
                message.id(),
                "it is complete without a call of the model");
        if (plan.calm()) {
            boolean unanswered = end instanceof GenerationStopped || isRefusal(end);
            require(
                    calls.size() == 1 || (calls.isEmpty() && unanswered),
                    Promise.ONE_MODEL_CALL,
                    message.id(),
                    "the model was called " + calls.size() + " times");
        }
    }

    private static boolean isRefusal(Terminal end) {
        return end instanceof StreamError error
                && (error.error().code() == ErrorCode.SESSION_BUSY
                        || error.error().code() == ErrorCode.TOO_MANY_STREAMS);
    }

    /** Without faults, a message is started as soon as it is its turn, also while a worker leaves. */
    private void promptness(Message message, Truth.Stream stream) {
        if (!plan.healthy() || touchesDeletion(message)) {
            return;
        }
        long turnMs = Math.max(message.sent().atMs(), scene.monitor().givenMs(message.id()));
        for (Message earlier : users.messages()) {
            Truth.Stream before = isEarlier(earlier, message) ? truth.find(earlier.id()) : null;
            turnMs = before == null ? turnMs : Math.max(turnMs, before.endedMs);
        }
        require(
                stream.startedMs - turnMs <= PROMPT_MS,
                Promise.SMOOTH_LEAVE,
                message.id(),
                "it was its turn at " + turnMs + " ms, and it was started at " + stream.startedMs + " ms");
    }

    private boolean touchesDeletion(Message message) {
        return users.deletions.stream()
                .anyMatch(
                        deletion -> deletion.session().equals(message.command().sessionKey()));
    }

    /** G1: all readers that read a stream's start accept the same records of it. */
    private void readersAgree() {
        World world = scene.world();
        for (int partition = 0; partition < scene.log().partitions(); partition++) {
            SimLog.Partition events = scene.log().events.get(partition);
            boolean values = world.chance(0.5); // decoding them takes most of the time
            Reader all = values
                    ? Reader.of(events, events.start, events.end())
                    : Reader.ofHeads(events, events.start, events.end());
            Saved saved = anySaved(partition);
            long from = saved == null
                    ? events.start
                    : Math.max(events.start, saved.position().events());
            long commands = saved == null ? 0 : saved.position().commands();
            long to = world.between(from, events.end());
            Reader some = Reader.ofHeads(events, from, to);
            Reader late = Reader.ofHeads(events, world.between(events.start, events.end()), events.end());
            for (Message message : users.messages()) {
                Truth.Stream stream = truth.find(message.id());
                if (message.partition() == partition && stream != null) {
                    StreamId plain = Lives.plain(message.id());
                    boolean isLast = truth.life(plain).equals(message.id());
                    require(
                            all.accepted(plain).equals(acceptedOf(plain))
                                    && (!values
                                            || !isLast
                                            || text(all.written(plain)).equals(text(stream.written))),
                            Promise.G1_ORDER,
                            message.id(),
                            "a reader of the whole partition accepts other records");
                    require(
                            message.sent().offset() < commands || readsAll(some, to, stream),
                            Promise.G1_ORDER,
                            message.id(),
                            "a reader from " + saved + " on accepts other records");
                    require(
                            acceptedOf(plain).containsAll(late.accepted(plain)),
                            Promise.G1_ORDER,
                            message.id(),
                            "a reader that began late accepts more records");
                }
            }
        }
    }

    private static String text(Written written) {
        return written.content().toString();
    }

    private @Nullable Saved anySaved(int partition) {
        List<Saved> saved = scene.log().saved.stream()
                .filter(each -> each.partition() == partition)
                .toList();
        return saved.isEmpty() ? null : scene.world().anyOf(saved);
    }

    /** The accepted records of all streams with this id. */
    private List<Long> acceptedOf(StreamId plain) {
        List<Long> accepted = new ArrayList<>();
        int life = 0;
        for (Truth.Stream stream = truth.find(plain); stream != null; stream = truth.find(Lives.of(plain, ++life))) {
            accepted.addAll(stream.accepted);
        }
        return accepted;
    }

    /** Whether a reader accepts all records of the stream before an offset. */
    private static boolean readsAll(Reader reader, long to, Truth.Stream stream) {
        return reader.accepted(Lives.plain(stream.id))
                .containsAll(
                        stream.accepted.stream().filter(offset -> offset < to).toList());
    }

    private void deletions() {
        for (Users.Deletion deletion : users.deletions) {
            require(
                    truth.deletions(deletion.session()) >= users.deletions(deletion.session()),
                    Promise.DELETION,
                    null,
                    deletion + " was not written");
        }
        if (plan.is(Scenario.KILL)) {
            truth.deletions.forEach(this::deletedSoon);
        }
    }

    /** A deletion is written soon after all earlier messages and deletions of its session are over, even if the owner is dead. */
    private void deletedSoon(Truth.Deleted deleted) {
        SimLog.Partition commands = scene.log().commands.get(partition(deleted.session()));
        SimLog.Partition events = scene.log().events.get(partition(deleted.session()));
        long dueMs = commands.at(deleted.command()).timestamp();
        for (Message message : users.messages()) {
            Truth.Stream stream = truth.find(message.id());
            if (stream != null
                    && message.command().sessionKey().equals(deleted.session())
                    && message.sent().offset() < deleted.command()) {
                dueMs = Math.max(dueMs, stream.endedMs);
            }
        }
        for (Truth.Deleted other : truth.deletions) {
            if (other.session().equals(deleted.session()) && other.command() < deleted.command()) {
                dueMs = Math.max(dueMs, events.at(other.offset()).timestamp());
            }
        }
        long tookMs = events.at(deleted.offset()).timestamp() - dueMs;
        require(
                tookMs <= DELETION_MS,
                Promise.QUICK_RECOVERY,
                null,
                deleted + " was due at " + dueMs + " ms and took " + tookMs + " ms");
    }

    private int partition(SessionKey session) {
        return RecordKey.partition(session.user(), scene.log().partitions());
    }

    /** When this answer begins, no more answers of its user are written at once than are allowed. */
    private void bounded(Message message) {
        Truth.Stream begun = truth.find(message.id());
        if (begun == null || scene.monitor().calls(message.id()).isEmpty()) {
            return;
        }
        long open = users.messages().stream()
                .filter(other -> other.id().user().equals(message.id().user()))
                .filter(other -> !scene.monitor().calls(other.id()).isEmpty())
                .map(other -> truth.find(other.id()))
                .filter(other -> other != null && other.startedAt <= begun.startedAt && other.endedAt > begun.startedAt)
                .count();
        require(
                open <= plan.maxStreams(),
                Promise.BOUNDED_STREAMS,
                message.id(),
                "it is one of " + open + " answers for its user at once");
    }

    /** A message that was sent after the last command to delete its session is not deleted; without faults nothing is deleted twice. */
    private void deletedTooMuch() {
        require(
                !plan.calm() || truth.deletedAgain == 0,
                Promise.DELETION,
                null,
                truth.deletedAgain + " deletions were written again");
        for (Message message : users.messages()) {
            Truth.Stream stream = truth.find(message.id());
            boolean requested = users.deletions.stream()
                    .anyMatch(deletion ->
                            deletion.session().equals(message.command().sessionKey())
                                    && deletion.offset() > message.sent().offset());
            boolean deleted = stream != null
                    && truth.deletions.stream()
                            .anyMatch(each ->
                                    each.session().equals(message.command().sessionKey())
                                            && each.offset() > stream.startedAt);
            require(requested || !deleted, Promise.DELETION, message.id(), "its session was deleted without a command");
        }
    }

    /** What holds in scenarios with few faults. */
    private void checkScenario() {
        switch (plan.scenario()) {
            case CALM, CROWD -> {
                users.messages().forEach(this::bounded);
                require(
                        truth.takeovers == 0 && truth.dropped == 0,
                        Promise.G6_ONE_WRITER,
                        null,
                        "without any fault there were " + truth.takeovers + " takeovers, " + truth.dropped
                                + " records dropped");
            }
            case LEAVE ->
                truth.streams()
                        .forEach(stream -> require(
                                stream.longestSilenceMs
                                        <= PROMPT_MS
                                                + 2L * plan.scenario().paceMs, // the start of a line may be held back
                                Promise.SMOOTH_LEAVE,
                                stream.id,
                                "it paused for " + stream.longestSilenceMs + " ms"));
            case KILL ->
                scene.monitor()
                        .recoveriesMs
                        .forEach(ms -> require(
                                ms <= RECOVERY_MS,
                                Promise.QUICK_RECOVERY,
                                null,
                                "a stream continued only after " + ms + " ms"));
            case SLEEPER, CHAOS -> {}
        }
    }
}
