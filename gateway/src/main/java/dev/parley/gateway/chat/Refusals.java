package dev.parley.gateway.chat;

import dev.parley.gateway.publish.Refusal;
import dev.parley.schema.ErrorCode;

/** The refusals of requests for streams. */
final class Refusals {

    private static final long RETRY_SOON_MS = 1_000;
    private static final long RETRY_LATER_MS = 5_000;

    static final Refusal SEQ_AHEAD =
            Refusal.of(ErrorCode.INVALID_MESSAGE_FORMAT, "after_seq: the stream has no event with this seq yet");
    static final Refusal STREAM_NOT_FOUND = Refusal.of(ErrorCode.STREAM_NOT_FOUND, "no such stream");
    static final Refusal TOO_MANY_PAST_STREAMS =
            new Refusal(ErrorCode.RATE_LIMIT_EXCEEDED, "too many past streams at once", RETRY_SOON_MS);
    static final Refusal TOO_MANY_SESSIONS = Refusal.of(ErrorCode.RATE_LIMIT_EXCEEDED, "too many sessions joined");
    static final Refusal NOT_WARM =
            new Refusal(ErrorCode.UNAVAILABLE, "this node is still reading the log", RETRY_SOON_MS);
    static final Refusal EVICTED = new Refusal(
            ErrorCode.UNAVAILABLE,
            "its first events are not in memory; they can be read when the stream is over",
            RETRY_LATER_MS);
    static final Refusal DUPLICATE_UNDECIDED = new Refusal(
            ErrorCode.UNAVAILABLE,
            "this node has not read all message ids yet, so it does not know whether this message is a duplicate",
            RETRY_SOON_MS);
    static final Refusal ANSWER_NOT_FOUND = new Refusal(
            ErrorCode.UNAVAILABLE, "the answer to this message was not found; send the message again", RETRY_LATER_MS);

    private Refusals() {}
}
