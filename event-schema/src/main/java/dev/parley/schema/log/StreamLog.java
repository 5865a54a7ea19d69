package dev.parley.schema.log;

import dev.parley.schema.log.Verdict.Accepted;
import dev.parley.schema.log.Verdict.Dropped;

/**
 * What the log says of one stream, and the rule that says which of its records count.
 *
 * <p>All records of a stream lie in one partition, so every reader folds them in the same order and believes the same:
 *
 * <ul>
 *   <li>the first {@code stream_start} opens the stream, and its claim is the current one;
 *   <li>the first {@code stream_takeover} with the next attempt makes its claim the current one, while the stream is not over
 *       and if its writer may have read this start: one that had folded no more than the start's own writer means an earlier stream
 *       of the same id, whose conversation was deleted;
 *   <li>any other record counts if the stream is not over, its claim is the current one, and its seq, if it has one, is the
 *       next; all else never happened.
 * </ul>
 *
 * <p>So at every prefix of the log at most one writer can add to a stream, accepted seqs have neither gap nor repeat, and
 * nothing follows the terminal event. Nothing here depends on clocks, locks or the writers' good behaviour.
 *
 * <p>Immutable; {@link #accept} is a pure function. Fold from {@link #EMPTY}. A reader of a partition judges by {@link SessionLog#accept},
 * which adds what follows from deletions and from where the reader began.
 */
public sealed interface StreamLog {

    /** The stream before its first record. */
    StreamLog EMPTY = new NotStarted();

    /** A stream whose conversation was deleted: its id is new again. */
    StreamLog DELETED = new Deleted();

    /** A stream that this reader cannot judge: it takes the archive. */
    StreamLog UNKNOWN = new Unknown();

    /** Judges the next record of this stream in the order of the log. */
    Verdict accept(Entry entry);

    /** How many client-visible events were accepted; also the seq of the next one. */
    long length();

    /** Nobody has started the stream. */
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
     * The stream was started, and its conversation was deleted after that. Only a start whose writer says how far it had read can start it
     * again; whether that is far enough, {@link SessionLog} knows.
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

    /** A start was read that may be a second one. No record of the stream counts for this reader, unless its conversation is deleted. */
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
     * The stream runs.
     *
     * @param current the claim of the only writer whose records count
     * @param released whether that writer has said that it will write no more
     * @param folded how far the writer of its start had folded the partition; {@link Entry#NOT_STATED} if the start does not say
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
            int wanted = current.attempt() + 1;
            if (claim.attempt() == wanted) {
                return new Accepted(new Open(claim, length, false, folded));
            }
            return new Dropped(claim.attempt() < wanted ? DropReason.LOST_TAKEOVER : DropReason.SKIPPED_ATTEMPT);
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
     * @param last the claim under which it was written
     */
    record Over(Claim last, long length) implements StreamLog {

        @Override
        public Verdict accept(Entry entry) {
            return new Dropped(DropReason.AFTER_END);
        }
    }
}
