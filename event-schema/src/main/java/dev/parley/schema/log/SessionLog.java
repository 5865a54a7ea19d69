package dev.parley.schema.log;

import dev.parley.schema.log.Verdict.Dropped;
import org.jspecify.annotations.Nullable;

/**
 * What a reader must know of a session to judge the records of its streams: where the reader began, and the deletions it has read.
 *
 * <p>It adds two rules to {@link StreamLog}, both by the offset that the writer of a {@code stream_start} or of a {@code
 * conversation_deleted} had folded ({@code ce_foldedoffset}):
 *
 * <ul>
 *   <li>A reader that began at offset {@code b} may have missed an earlier start if the writer of the one that it reads had not folded
 *       everything before {@code b}. Such a start makes the stream {@link StreamLog#UNKNOWN} to this reader.
 *   <li>A deletion makes the ids of its session new again. A start whose writer had not folded the deletion belongs to a deleted turn and is
 *       dropped.
 * </ul>
 *
 * <p>Any two readers that accept a start of a stream accept the same one, wherever they began. Records without the header are judged as
 * they were before it existed. Immutable and pure.
 *
 * @param readFrom the first offset of the partition of {@code chat.events} that this reader read
 * @param deletedCommand the highest command offset of the deletions that were read; {@link #NONE} if there is none
 * @param deletedAt the offset of the last deletion that counts; {@link #NONE} if there is none
 * @param perhapsDeletedAt the offset of the last deletion that may repeat one from before {@code readFrom}; {@link #NONE} if there is none
 */
public record SessionLog(long readFrom, long deletedCommand, long deletedAt, long perhapsDeletedAt) {

    /** No offset. */
    public static final long NONE = -1;

    /**
     * A session of which nothing was read.
     *
     * @param offset the first offset of the partition that is read
     */
    public static SessionLog readFrom(long offset) {
        return new SessionLog(offset, NONE, NONE, NONE);
    }

    /** Judges the next record of a stream of this session. The stream after it is {@code verdict.after(stream)}. */
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
     * @param command of its header {@code ce_commandoffset}; null if it has none
     * @param folded of its header {@code ce_foldedoffset}; null if it has none
     * @param offset its own
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
     * What a deletion does.
     *
     * @param after the session after it
     */
    public record Deletion(SessionLog after, Effect effect) {

        /** What a deletion does to the streams of its session that this reader has folded. */
        public enum Effect {
            /** It was written twice: nothing. */
            REPEATED,
            /** All of them are deleted. */
            RESET,
            /**
             * It may be the second record of a deletion whose first one is before what this reader read. If it is the only one, all streams
             * that began after {@code readFrom} were over before it was decided and are known; so those that this reader accepted came after
             * the first one and stay.
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
