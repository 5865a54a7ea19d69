package dev.parley.gateway.chat;

import dev.parley.gateway.publish.Refusal;
import dev.parley.gateway.relay.BufferedStream;
import dev.parley.gateway.relay.ConnectionQueue;
import dev.parley.gateway.relay.ResumeResult;
import dev.parley.schema.id.StreamId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request to resume a stream. If the events after the seq are in memory, they are sent from there. Otherwise the archive is asked, and at the
 * same time the stream is followed until a deadline: another gateway may have published its command a moment ago, and the log brings it here.
 * What comes first counts. Thread-safe; does not block.
 */
final class StreamResume {

    /** More than the tail lags behind the log. */
    private static final Duration FOLLOW_FOR = Duration.ofMillis(500);

    private final ChatServices services;
    private final StreamId id;
    private final ConnectionQueue connection;
    private final long afterSeq;
    private final ReplyHandler reply;
    private final Runnable onChange = this::onChange;

    private boolean replied;
    private boolean archiveAnswered;
    private boolean deadlinePassed;
    private @Nullable Refusal archiveFailure;

    StreamResume(ChatServices services, StreamId id, ConnectionQueue connection, long afterSeq, ReplyHandler reply) {
        this.services = services;
        this.id = id;
        this.connection = connection;
        this.afterSeq = afterSeq;
        this.reply = reply;
    }

    synchronized void start() {
        if (services.relay().streams().hasEventsFrom(id, afterSeq + 1)) {
            resume();
        }
        if (!replied) {
            services.relay().listen(id, onChange);
            services.scheduler().schedule(this::onDeadline, FOLLOW_FOR);
            services.past().find(id, afterSeq + 1, this::onArchiveAnswer);
        }
    }

    /** A command or record of the stream was read; called under the relay's lock. */
    private void onChange() {
        services.scheduler().schedule(this::resumeIfBegun, Duration.ZERO);
    }

    private synchronized void resumeIfBegun() {
        if (!replied && (archiveAnswered || services.relay().streams().hasBegun(id))) {
            resume();
        }
    }

    /** A stream that has ended a moment ago may be in the archive by now, so that is asked a second time before the request is refused. */
    private synchronized void onDeadline() {
        boolean askAgain = archiveAnswered;
        archiveAnswered = false;
        deadlinePassed = true;
        if (!replied) {
            resume();
        }
        if (!replied && askAgain) {
            services.past().find(id, afterSeq + 1, this::onArchiveAnswer);
        }
    }

    private synchronized void onArchiveAnswer(PastStreams.Found found) {
        archiveAnswered = true;
        if (replied) {
            return;
        }
        switch (found) {
            case PastStreams.Found.Stream(BufferedStream stream) -> resumePast(stream);
            case PastStreams.Found.Nothing _ -> resume();
            case PastStreams.Found.Failed(Refusal why) -> {
                archiveFailure = why;
                resume();
            }
        }
    }

    private void resumePast(BufferedStream stream) {
        switch (services.relay().resumePast(connection, stream, afterSeq)) {
            case RESUMED -> done(stream.endsWith(afterSeq));
            case AHEAD -> refuse(Refusals.SEQ_AHEAD);
            case TOO_MANY_PAST_STREAMS -> refuse(Refusals.TOO_MANY_PAST_STREAMS);
            case UNKNOWN, EVICTED -> refuse(Refusals.STREAM_NOT_FOUND);
        }
    }

    /** Tries to resume from memory. What memory does not have is refused when neither the archive nor the log can bring it any more. */
    private void resume() {
        boolean isWarm = services.isWarm().getAsBoolean();
        ResumeResult result = services.relay().resume(connection, id, afterSeq);
        switch (result) {
            case RESUMED -> {
                done(services.relay().streams().hasEndedAt(id, afterSeq));
                services.awaited().lookFor(id);
            }
            case AHEAD, UNKNOWN, EVICTED -> {
                if (result == ResumeResult.AHEAD && isWarm) {
                    refuse(Refusals.SEQ_AHEAD);
                } else if (archiveAnswered && (deadlinePassed || result == ResumeResult.EVICTED)) {
                    refuse(isWarm ? refusalOf(result) : Refusals.NOT_WARM);
                }
            }
            case TOO_MANY_PAST_STREAMS ->
                throw new IllegalStateException("A stream in the hot window is not a past stream");
        }
    }

    private Refusal refusalOf(ResumeResult result) {
        if (archiveFailure != null) {
            return archiveFailure;
        }
        return result == ResumeResult.EVICTED ? Refusals.EVICTED : Refusals.STREAM_NOT_FOUND;
    }

    private void done(boolean already) {
        finish();
        reply.done(already);
    }

    private void refuse(Refusal why) {
        finish();
        reply.refused(why);
    }

    private void finish() {
        replied = true;
        services.relay().stopListening(id, onChange);
    }
}
