package dev.parley.schema.log;

import dev.parley.schema.log.Verdict.Dropped;
import org.jspecify.annotations.Nullable;

/**
 * The state of a session that a reader needs to accept or drop records of its streams: the offset where the reader began, and the deletions
 * that it has read.
 *
 * <p>It adds two rules to {@link StreamLog}. Both depend on the offset that the writer of a {@code stream_start} or of a {@code
 * conversation_deleted} had folded ({@code ce_foldedoffset}):
 *
 * <ul>
 *   <li>A reader that began at offset {@code b} may have missed an earlier start if the writer of a start had not folded everything before
 *       {@code b}. Such a start makes the stream {@link StreamLog#UNKNOWN} to this reader.
 *   <li>After a deletion, the message ids of its session are new again. A start whose writer had not folded the deletion belongs to a deleted
 *       turn and is dropped.
 * </ul>
 *
 * <p>If two readers accept a start of a stream, they accept the same one, no matter where they began. The two rules do not apply to records
 * without the header. Immutable and pure.
 *
 * @param readFrom the first offset of the partition of {@code chat.events} that this reader read
 * @param deletedCommand the highest command offset of the deletions that were read, or {@link #NONE}
 * @param deletedAt the offset of the last deletion that takes effect, or {@link #NONE}
 * @param perhapsDeletedAt the offset of the last deletion that may repeat one from before {@code readFrom}, or {@link #NONE}
 */
public record SessionLog(long readFrom, long deletedCommand, long deletedAt, long perhapsDeletedAt) {

    /** No offset. */
    public static final long NONE = -1;

    /**
     * A session before its first record.
     *
     * @param offset the first offset of the partition that is read
     */
    public static SessionLog readFrom(long offset) {
        return new SessionLog(offset, NONE, NONE, NONE);
    }

    /** Accepts or drops the next record of a stream of this session. The stream after it is {@code verdict.after(stream)}. */
    public Verdict accept(StreamLog stream, Entry entry) {
        boolean opens = stream instanceof StreamLog.NotStarted || stream instanceof StreamLog.Deleted;
        if (!opens || !(entry instanceof Entry.Start start) || !start.statesFolded()) {
            return stream.accept(entry);
        }
        if (start.folded() < deletedAt) {
            return new Dropped(DropReason.BEFORE_DELETION);
        }
        return start.folded() < Math.max(readFrom - 1, perhapsDeletedAt)
                ? new Dropped(DropReason.UNKNOWN_START)
                : stream.accept(entry);
    }

    /**
     * Folds a {@code conversation_deleted}.
     *
     * @param command its header {@code ce_commandoffset}; null if it has none
     * @param folded its header {@code ce_foldedoffset}; null if it has none
     * @param offset its own offset
     */
    public Deletion deleted(@Nullable Long command, @Nullable Long folded, long offset) {
        if (command != null && command <= deletedCommand) {
            return new Deletion(this, Deletion.Effect.REPEATED);
        }
        long highest = command == null ? deletedCommand : command;
        return folded != null && folded < readFrom - 1
                ? new Deletion(new SessionLog(readFrom, highest, deletedAt, offset), Deletion.Effect.UNKNOWN)
                : new Deletion(new SessionLog(readFrom, highest, offset, perhapsDeletedAt), Deletion.Effect.RESET);
    }

    /**
     * The result of a deletion.
     *
     * @param after the session after the deletion
     */
    public record Deletion(SessionLog after, Effect effect) {

        /** The effect of a deletion on the streams of its session that this reader has folded. */
        public enum Effect {
            /** None: the deletion was already read. */
            REPEATED,
            /** All streams are deleted. */
            RESET,
            /**
             * The record may repeat a deletion whose first record is before {@code readFrom}. Streams that this reader accepted started after
             * that first record and are kept. If there is no first record, all streams that started after {@code readFrom} were over and known
             * before the deletion was decided.
             */
            UNKNOWN
        }

        /** A stream of the session after the deletion. */
        public StreamLog after(StreamLog stream) {
            return switch (effect) {
                case REPEATED -> stream;
                case RESET -> stream instanceof StreamLog.NotStarted ? StreamLog.EMPTY : StreamLog.DELETED;
                case UNKNOWN -> stream instanceof StreamLog.Unknown ? StreamLog.DELETED : stream;
            };
        }
    }
}
