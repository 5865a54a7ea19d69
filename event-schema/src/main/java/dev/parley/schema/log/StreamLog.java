package dev.parley.schema.log;

import dev.parley.schema.log.Verdict.Accepted;
import dev.parley.schema.log.Verdict.Dropped;

/**
 * The state of one stream, and the rule that decides which of its records count.
 *
 * <p>All records of a stream are in one partition, so all readers fold them in the same order and come to the same result:
 *
 * <ul>
 *   <li>the first {@code stream_start} opens the stream, and its claim is the current one;
 *   <li>the first {@code stream_takeover} with the next attempt makes its claim the current one, while the stream is not over
 *       and its writer can have read this start. A takeover whose writer had folded no more than the start's writer belongs to an earlier
 *       stream with the same id, whose conversation was deleted;
 *   <li>any other record counts if the stream is not over, its claim is the current one, and its seq, if it has one, is the
 *       next one. All other records are dropped.
 * </ul>
 *
 * <p>Therefore at most one writer can extend a stream at any point of the log, accepted seqs have neither gaps nor duplicates, and no
 * accepted event follows the terminal event. This does not depend on clocks, locks or correct writers.
 *
 * <p>Immutable; {@link #accept} is a pure function. Fold from {@link #EMPTY}. Readers of a partition use {@link SessionLog#accept}, which adds
 * the rules for deletions and for readers that did not begin at the start of the partition.
 */
public sealed interface StreamLog {

    /** The stream before its first record. */
    StreamLog EMPTY = new NotStarted();

    /** A stream whose conversation was deleted. Its id is new again. */
    StreamLog DELETED = new Deleted();

    /** A stream whose start this reader may have missed. It reads the archive instead. */
    StreamLog UNKNOWN = new Unknown();

    /** Accepts or drops the next record of this stream, in the order of the log. */
    Verdict accept(Entry entry);

    /** The number of accepted events for clients, which is also the seq of the next one. */
    long length();

    /** The stream was not started. */
    record NotStarted() implements StreamLog {

        @Override
        public Verdict accept(Entry entry) {
            if (!(entry instanceof Entry.Start start)) {
                return new Dropped(DropReason.NOT_STARTED);
            }
            return start.claim().attempt() == 1
                    ? new Accepted(new Open(start.claim(), 1, false, start.folded()))
                    : new Dropped(DropReason.SKIPPED_ATTEMPT);
        }

        @Override
        public long length() {
            return 0;
        }
    }

    /**
     * The stream was started, and then its conversation was deleted. Only a start with a folded offset can start it again; {@link SessionLog}
     * checks that offset.
     */
    record Deleted() implements StreamLog {

        @Override
        public Verdict accept(Entry entry) {
            return entry instanceof Entry.Start start && !start.statesFolded()
                    ? new Dropped(DropReason.BEFORE_DELETION)
                    : EMPTY.accept(entry);
        }

        @Override
        public long length() {
            return 0;
        }
    }

    /** A start was read that may be a second one. This reader drops all records of the stream until its conversation is deleted. */
    record Unknown() implements StreamLog {

        @Override
        public Verdict accept(Entry entry) {
            return new Dropped(entry instanceof Entry.Start ? DropReason.UNKNOWN_START : DropReason.NOT_STARTED);
        }

        @Override
        public long length() {
            return 0;
        }
    }

    /**
     * The stream is active.
     *
     * @param current the claim of the writer whose records count
     * @param released whether that writer has written {@code stream_released}
     * @param folded the offset up to which the start's writer had folded the partition; {@link Entry#NOT_STATED} if the start has none
     */
    record Open(Claim current, long length, boolean released, long folded) implements StreamLog {

        @Override
        public Verdict accept(Entry entry) {
            return switch (entry) {
                case Entry.Start _ -> new Dropped(DropReason.ALREADY_STARTED);
                case Entry.Takeover takeover -> takenOver(takeover);
                case Entry.Keepalive keepalive -> byOwner(keepalive.claim(), this);
                case Entry.Released release -> byOwner(release.claim(), new Open(current, length, true, folded));
                case Entry.Event event ->
                    next(event.claim(), event.seq(), new Open(current, length + 1, released, folded));
                case Entry.Terminal end -> next(end.claim(), end.seq(), new Over(current, length + 1));
            };
        }

        private Verdict takenOver(Entry.Takeover takeover) {
            if (takeover.statesFolded() && takeover.folded() <= folded) {
                return new Dropped(DropReason.BEFORE_DELETION);
            }
            Claim claim = takeover.claim();
            int expected = current.attempt() + 1;
            if (claim.attempt() == expected) {
                return new Accepted(new Open(claim, length, false, folded));
            }
            return new Dropped(claim.attempt() < expected ? DropReason.LOST_TAKEOVER : DropReason.SKIPPED_ATTEMPT);
        }

        private Verdict next(Claim claim, long seq, StreamLog after) {
            if (!claim.equals(current)) {
                return new Dropped(DropReason.STALE_CLAIM);
            }
            if (seq == length) {
                return new Accepted(after);
            }
            return new Dropped(seq < length ? DropReason.REPEATED_SEQ : DropReason.SEQ_GAP);
        }

        private Verdict byOwner(Claim claim, StreamLog after) {
            return claim.equals(current) ? new Accepted(after) : new Dropped(DropReason.STALE_CLAIM);
        }
    }

    /**
     * The stream has its terminal event.
     *
     * @param last the claim of the terminal event
     */
    record Over(Claim last, long length) implements StreamLog {

        @Override
        public Verdict accept(Entry entry) {
            return new Dropped(DropReason.AFTER_END);
        }
    }
}
