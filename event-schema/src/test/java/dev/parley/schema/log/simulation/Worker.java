package dev.parley.schema.log.simulation;

import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One worker: a reader of the log that sometimes writes the stream.
 *
 * <pre>
 * IDLE ──claims──▶ CLAIMING ──ack──▶ CATCHING_UP ──read own claim, won──▶ WRITING ──terminal, release──▶ IDLE
 *                     └──no ack──▶ IDLE      └──lost──▶ IDLE                 └──no ack, or sees another claim──▶ IDLE
 * </pre>
 *
 * The writer of a start need not catch up: if its start was not the first, all its records are dropped.
 */
final class Worker {

    private enum Phase {
        IDLE,
        CLAIMING,
        CATCHING_UP,
        WRITING
    }

    final int number;
    boolean paused;

    private final Habits habits;
    private final Network network;
    private final List<Sent> log;
    private Reader reader;
    private Phase phase = Phase.IDLE;
    private @Nullable Claim claim;
    private int claimOffset;
    private long seq;
    private long known;
    private @Nullable Sent unacknowledged;

    Worker(int number, Habits habits, Network network, List<Sent> log) {
        this.number = number;
        this.habits = habits;
        this.network = network;
        this.log = log;
        this.reader = new Reader(habits.rule(), log);
    }

    /** Crashes and restarts: its state is lost, its records may still arrive. */
    void crash() {
        giveUp();
        paused = false;
        reader = new Reader(habits.rule(), log);
    }

    boolean writes() {
        return phase != Phase.IDLE;
    }

    boolean awaitsAck() {
        return unacknowledged != null;
    }

    boolean sawTheEnd() {
        return reader.state() instanceof StreamLog.Over;
    }

    /** Reads the next record, if there is one. */
    void read() {
        if (reader.atEnd()) {
            return;
        }
        reader.readOne();
        if (phase == Phase.CATCHING_UP && reader.offset() > claimOffset) {
            startWritingIfConfirmed();
        } else if (phase == Phase.WRITING && lostItsClaim()) {
            giveUp();
        }
    }

    /** Tries to start the stream or to take it over, based on the records that it has read. */
    void claim() {
        if (phase != Phase.IDLE || sawTheEnd()) {
            return;
        }
        int attempt =
                reader.state() instanceof StreamLog.Open open ? open.current().attempt() + 1 : 1;
        Claim wanted = new Claim(attempt, habits.token().apply(network.nextClaim()));
        claim = wanted;
        phase = Phase.CLAIMING;
        seq = reader.state().length();
        known = reader.known();
        send(attempt == 1 ? new Entry.Start(wanted) : new Entry.Takeover(wanted));
    }

    /** Writes the next record if it is allowed to. */
    void write(RandomGenerator random) {
        if (phase != Phase.WRITING || unacknowledged != null || claim == null) {
            return;
        }
        send(
                switch (random.nextInt(12)) {
                    case 0 -> new Entry.Terminal(claim, seq);
                    case 1 -> new Entry.Released(claim);
                    case 2 -> new Entry.Keepalive(claim);
                    default -> new Entry.Event(claim, seq);
                });
    }

    /** The log has the record, and the writer gets its offset. */
    void acknowledged(Sent sent, int offset) {
        if (sent != unacknowledged) {
            return;
        }
        unacknowledged = null;
        switch (sent.entry()) {
            case Entry.Start start -> {
                wrote(sent);
                phase = Phase.WRITING;
            }
            case Entry.Takeover takeover -> caughtUpFrom(offset);
            case Entry.Event event -> wrote(sent);
            case Entry.Keepalive keepalive -> {}
            case Entry.Terminal end -> giveUp();
            case Entry.Released release -> giveUp();
        }
    }

    /** No acknowledgement arrived in time: it is unknown whether the log has the record. */
    void timedOut() {
        unacknowledged = null;
        if (habits.spendsClaimOnFailure() || phase != Phase.WRITING) {
            giveUp();
        }
    }

    private void caughtUpFrom(int offset) {
        if (!habits.readsAfterClaim()) {
            phase = Phase.WRITING;
            return;
        }
        phase = Phase.CATCHING_UP;
        claimOffset = offset;
        if (reader.offset() > claimOffset) {
            startWritingIfConfirmed();
        }
    }

    private void startWritingIfConfirmed() {
        if (reader.state() instanceof StreamLog.Open open && open.current().equals(claim)) {
            phase = Phase.WRITING;
            seq = open.length();
            known = reader.known();
        } else {
            giveUp();
        }
    }

    private boolean lostItsClaim() {
        return switch (reader.state()) {
            case StreamLog.NotStarted _, StreamLog.Deleted _, StreamLog.Unknown _ -> false;
            case StreamLog.Open open ->
                claim != null
                        && open.current().attempt() >= claim.attempt()
                        && !open.current().equals(claim);
            case StreamLog.Over over -> true;
        };
    }

    private void wrote(Sent sent) {
        known = Reader.plus(known, sent.id());
        seq++;
    }

    private void send(Entry entry) {
        unacknowledged = network.send(this, entry, known);
    }

    private void giveUp() {
        phase = Phase.IDLE;
        claim = null;
        unacknowledged = null;
    }
}
