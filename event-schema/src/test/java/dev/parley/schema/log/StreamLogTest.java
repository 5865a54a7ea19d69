package dev.parley.schema.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.log.Verdict.Accepted;
import dev.parley.schema.log.Verdict.Dropped;
import org.junit.jupiter.api.Test;

class StreamLogTest {

    private static final Claim FIRST = new Claim(1, "a");
    private static final Claim RIVAL = new Claim(1, "b");
    private static final Claim SECOND = new Claim(2, "c");
    private static final Claim SECOND_RIVAL = new Claim(2, "d");

    @Test
    void the_first_start_opens_the_stream_and_a_second_one_is_dropped() {
        given(start(FIRST)).when(start(RIVAL)).thenDropped(DropReason.ALREADY_STARTED);
        given(start(FIRST)).when(event(RIVAL, 1)).thenDropped(DropReason.STALE_CLAIM);
        given(start(FIRST)).when(event(FIRST, 1)).thenLength(2);
    }

    @Test
    void nothing_counts_before_the_start() {
        given().when(event(FIRST, 0)).thenDropped(DropReason.NOT_STARTED);
        given().when(takeover(SECOND)).thenDropped(DropReason.NOT_STARTED);
        given().when(start(SECOND)).thenDropped(DropReason.SKIPPED_ATTEMPT);
    }

    @Test
    void each_seq_counts_once_and_in_turn() {
        given(start(FIRST), event(FIRST, 1)).when(event(FIRST, 1)).thenDropped(DropReason.REPEATED_SEQ);
        given(start(FIRST), event(FIRST, 1)).when(event(FIRST, 3)).thenDropped(DropReason.SEQ_GAP);
        given(start(FIRST), event(FIRST, 1)).when(event(FIRST, 2)).thenLength(3);
    }

    @Test
    void the_first_takeover_with_the_next_attempt_counts() {
        given(start(FIRST), takeover(SECOND)).when(takeover(SECOND_RIVAL)).thenDropped(DropReason.LOST_TAKEOVER);
        given(start(FIRST)).when(takeover(new Claim(3, "e"))).thenDropped(DropReason.SKIPPED_ATTEMPT);
        given(start(FIRST), takeover(SECOND)).when(event(SECOND, 1)).thenLength(2);
    }

    @Test
    void records_of_the_old_writer_count_before_the_takeover_and_not_after_it() {
        Given taken = given(start(FIRST), event(FIRST, 1), takeover(SECOND));

        taken.when(event(FIRST, 2)).thenDropped(DropReason.STALE_CLAIM);
        taken.when(new Entry.Keepalive(FIRST)).thenDropped(DropReason.STALE_CLAIM);
        taken.when(event(SECOND, 2)).thenLength(3);
    }

    @Test
    void nothing_follows_the_terminal_event() {
        Given over = given(start(FIRST), end(FIRST, 1));

        over.when(event(FIRST, 2)).thenDropped(DropReason.AFTER_END);
        over.when(takeover(SECOND)).thenDropped(DropReason.AFTER_END);
        over.when(end(FIRST, 1)).thenDropped(DropReason.AFTER_END);
    }

    @Test
    void a_release_is_kept_until_a_takeover() {
        Given released = given(start(FIRST), new Entry.Released(FIRST));

        assertThat(released.log()).isEqualTo(new StreamLog.Open(FIRST, 1, true, Entry.NOT_STATED));
        assertThat(released.after(takeover(SECOND))).isEqualTo(new StreamLog.Open(SECOND, 1, false, Entry.NOT_STATED));
    }

    @Test
    void a_claim_reads_back_as_it_was_written() {
        assertThat(Claim.parse(SECOND.toString())).isEqualTo(SECOND);
    }

    private static Entry start(Claim claim) {
        return new Entry.Start(claim);
    }

    private static Entry event(Claim claim, long seq) {
        return new Entry.Event(claim, seq);
    }

    private static Entry end(Claim claim, long seq) {
        return new Entry.Terminal(claim, seq);
    }

    private static Entry takeover(Claim claim) {
        return new Entry.Takeover(claim);
    }

    private static Given given(Entry... entries) {
        Given given = new Given(StreamLog.EMPTY);
        for (Entry entry : entries) {
            given = new Given(given.after(entry));
        }
        return given;
    }

    private record Given(StreamLog log) {

        When when(Entry entry) {
            return new When(log.accept(entry));
        }

        StreamLog after(Entry entry) {
            if (log.accept(entry) instanceof Accepted accepted) {
                return accepted.after();
            }
            throw new AssertionError("dropped: " + entry);
        }
    }

    private record When(Verdict verdict) {

        void thenDropped(DropReason reason) {
            assertThat(verdict).isEqualTo(new Dropped(reason));
        }

        void thenLength(long length) {
            assertThat(verdict)
                    .isInstanceOfSatisfying(
                            Accepted.class,
                            yes -> assertThat(yes.after().length()).isEqualTo(length));
        }
    }
}
