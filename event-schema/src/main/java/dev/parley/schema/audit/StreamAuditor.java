package dev.parley.schema.audit;

import dev.parley.schema.audit.Audit.Attempt;
import dev.parley.schema.audit.Audit.Check;
import dev.parley.schema.event.ContentSha256;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.DropReason;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Checks whether the records of one stream, in the order of the log, keep Parley's guarantees. {@link StreamLog} decides which records count;
 * dropped records are counted by reason. The auditor also reads the values: each must match its headers, and the terminal event must have the
 * text of the chunks. The text is released when the stream is over. Not thread-safe.
 *
 * <p><b>Gaps.</b> A gap between accepted events is a violation, because clients saw it. A record after a gap of its own writer is no violation:
 * all readers drop it and count it as {@code seq_gap}. This happens, for instance, when a worker is killed and only its later records reach the
 * log; the stream then continues under another claim, and until then it is {@code incomplete}. Two gaps that no other claim has closed are
 * violations: a gap before the terminal event of the same writer, because readers never see an end; and a gap in an archive, because an
 * archive holds finished streams only, so a record of it is missing.
 */
public final class StreamAuditor {

    /** The {@link Audit#source} that is complete: no more records follow. */
    private static final String ARCHIVE = "archive";

    /** Checks that fail while the stream is not over. */
    private static final Set<String> PENDING = Set.of("start", "terminal");

    private static final Vocabulary<StreamEvent> EVENTS = Vocabulary.of(StreamEvent.class);

    private final StreamId stream;
    private @Nullable SessionKey session;
    private StreamLog log = StreamLog.EMPTY;
    private final StreamDigest digest = new StreamDigest();
    private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
    private final List<Attempt> attempts = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private boolean textKnown = true;

    /** The checks of the text and its digest, made at the terminal event. */
    private final List<Check> textChecks = new ArrayList<>();

    private @Nullable Stop stop;
    private @Nullable Instant askedAt;
    private @Nullable Instant startedAt;
    private @Nullable Instant firstContentAt;
    private @Nullable Instant endedAt;
    private @Nullable Instant lastAt;
    private long lastTimeMs;
    private long[] gaps = new long[16];
    private int gapCount;

    /** Null while the stream is not over. */
    private Audit.@Nullable Times times;

    /** Gaps between accepted events, which clients saw. */
    private final Finding gap = new Finding();

    /** Records that all readers drop, because earlier records of the same writer are not in the log. */
    private final Finding beyondGap = new Finding();

    /** Those of them that have the current claim: no other writer has closed the gap yet. */
    private Finding openGap = new Finding();

    /** Whether a terminal event is among them. */
    private boolean endIsBeyondGap;

    private final Finding zombies = new Finding();
    private final Finding skippedAttempts = new Finding();
    private final Finding afterEnd = new Finding();
    private final Finding unreadable = new Finding();

    private record Stop(StopReason reason, Instant at) {}

    /** Counts occurrences of a fault and keeps the first one. */
    private static final class Finding {
        private long count;
        private String first = "";

        void add(String what) {
            if (count++ == 0) {
                first = what;
            }
        }

        boolean isEmpty() {
            return count == 0;
        }

        @Override
        public String toString() {
            return count > 1 ? first + ", and " + (count - 1) + " more" : first;
        }
    }

    public StreamAuditor(StreamId stream) {
        this.stream = stream;
    }

    public StreamId stream() {
        return stream;
    }

    public boolean isOver() {
        return log instanceof StreamLog.Over;
    }

    /** When the message was asked, according to the start; null if the start does not state it, or if there is no start. */
    public @Nullable Instant askedAt() {
        return askedAt;
    }

    /** The time of the terminal event; null while there is none. */
    public @Nullable Instant endedAt() {
        return endedAt;
    }

    /** The time of the last accepted record, including those that are not sent to clients; null if there is none. */
    public @Nullable Instant lastAt() {
        return lastAt;
    }

    /** The number of characters that are kept in memory. */
    int heldChars() {
        return text.capacity();
    }

    public void add(SeenRecord record) {
        StreamLog before = log;
        switch (before.accept(record.entry())) {
            case Verdict.Accepted(StreamLog after) -> {
                log = after;
                accepted(record, before.length());
            }
            case Verdict.Dropped(DropReason reason) -> {
                dropped.merge(reason, 1L, Long::sum);
                explain(reason, record, before);
            }
        }
    }

    /**
     * @param archivedDigest the digest in the archive, or null if there is no archive
     * @param source where the records were read
     */
    public Audit result(Origins origins, @Nullable String archivedDigest, String source) {
        String found = digest.hex();
        List<Check> checks = checks(found, archivedDigest, source.equals(ARCHIVE));
        boolean whole = log instanceof StreamLog.Over;
        boolean wrong = checks.stream().anyMatch(check -> !check.ok() && !PENDING.contains(check.name()));
        String verdict = wrong ? Audit.VIOLATIONS : whole ? Audit.OK : Audit.INCOMPLETE;
        return new Audit(
                stream.user().value(),
                session == null ? "" : session.session().value(),
                stream.message().value(),
                verdict,
                checks,
                log.length(),
                dropped.entrySet().stream()
                        .map(each -> new Audit.Dropped(each.getKey().wireName(), each.getValue()))
                        .toList(),
                attempts,
                asked(origins),
                stopped(origins),
                found,
                Objects.requireNonNullElseGet(times, this::times),
                source);
    }

    // --- reading

    private void accepted(SeenRecord record, long seq) {
        lastAt = Instant.ofEpochMilli(record.timeMs());
        switch (record.entry()) {
            case Entry.Start start -> {
                session = record.session();
                startedAt = Instant.ofEpochMilli(record.timeMs());
                attempt(start.claim(), record.workerId(), 0, record);
                event(record, seq);
            }
            case Entry.Takeover takeover -> {
                openGap = new Finding();
                endIsBeyondGap = false;
                attempt(takeover.claim(), workerOf(record), seq, record);
            }
            case Entry.Keepalive _, Entry.Released _ -> {}
            case Entry.Event _ -> event(record, seq);
            case Entry.Terminal _ -> {
                endedAt = Instant.ofEpochMilli(record.timeMs());
                event(record, seq);
                times = times();
                gaps = new long[0];
                text.setLength(0);
                text.trimToSize();
            }
        }
    }

    private void attempt(Claim claim, String worker, long fromSeq, SeenRecord record) {
        attempts.add(
                new Attempt(claim.toString(), worker, fromSeq, Instant.ofEpochMilli(record.timeMs()), record.offset()));
    }

    private void event(SeenRecord record, long seq) {
        digest.add(record.value());
        if (seq > 0) {
            keepGap(Math.max(0, record.timeMs() - lastTimeMs));
        }
        lastTimeMs = record.timeMs();
        switch (FrameCodec.decode(record.value(), EVENTS)) {
            case Decoded.Ok<StreamEvent>(StreamEvent event) -> read(event, record, seq);
            case Decoded.UnknownType<StreamEvent>(String type) -> {
                if (!type.equals(record.type())) {
                    unreadable(record, seq, "header and value name different types");
                }
            }
            case Decoded.Malformed<StreamEvent>(String reason) -> unreadable(record, seq, reason);
        }
    }

    private void unreadable(SeenRecord record, long seq, String reason) {
        textKnown = false;
        unreadable.add("seq " + seq + at(record) + ": " + reason);
    }

    private void read(StreamEvent event, SeenRecord record, long seq) {
        boolean same = Vocabulary.nameOf(event.getClass()).equals(record.type())
                && event.messageId().equals(stream.message())
                && event.seq() == seq;
        if (!same) {
            unreadable(record, seq, "header and value name different events");
            if (event.seq() != seq) {
                gap.add("seq " + event.seq() + at(record) + ", expected seq " + seq);
            }
        } else if (event instanceof StreamStart start
                && !(start.userId().equals(stream.user())
                        && start.sessionId().equals(record.session().session()))) {
            unreadable(record, seq, "key and value name different sessions");
        } else if (event instanceof StreamStart start) {
            askedAt = start.askedAt();
        } else if (event instanceof ContentChunk chunk) {
            text.append(chunk.content());
            if (firstContentAt == null) {
                firstContentAt = Instant.ofEpochMilli(record.timeMs());
            }
        } else if (event instanceof Terminal end) {
            ended(end, record);
        }
    }

    private void ended(Terminal end, SeenRecord record) {
        textChecks.add(textCheck(end));
        if (end instanceof StreamComplete complete) {
            boolean right = complete.contentSha256().equals(ContentSha256.of(complete.fullContent()));
            textChecks.add(new Check("content_sha256", right, right ? "of the text" : "of another text"));
        } else if (end instanceof GenerationStopped stopped) {
            stop = new Stop(stopped.reason(), Instant.ofEpochMilli(record.timeMs()));
        }
    }

    private void explain(DropReason reason, SeenRecord record, StreamLog before) {
        Claim claim = record.entry().claim();
        switch (reason) {
            case SEQ_GAP -> {
                String what = "seq " + seqOf(record) + at(record) + ", expected seq " + before.length();
                beyondGap.add(what);
                openGap.add(what);
                endIsBeyondGap |= record.entry() instanceof Entry.Terminal;
            }
            case STALE_CLAIM, LOST_TAKEOVER, ALREADY_STARTED, BEFORE_DELETION ->
                zombies.add(record.type() + " of claim " + claim + at(record));
            case SKIPPED_ATTEMPT -> skippedAttempts.add(record.type() + " of claim " + claim + at(record));
            case AFTER_END -> {
                if (before instanceof StreamLog.Over over
                        && over.last().equals(claim)
                        && seqOf(record) >= over.length()) {
                    afterEnd.add(record.type() + " with seq " + seqOf(record) + at(record));
                } else {
                    zombies.add(record.type() + " of claim " + claim + at(record) + ", after the end");
                }
            }
            case NOT_STARTED -> beyondGap.add(record.type() + at(record) + " before the start");
            case REPEATED_SEQ, UNKNOWN_START -> {}
        }
    }

    private static long seqOf(SeenRecord record) {
        return switch (record.entry()) {
            case Entry.Event event -> event.seq();
            case Entry.Terminal terminal -> terminal.seq();
            case Entry.Start _ -> 0;
            case Entry.Takeover _, Entry.Keepalive _, Entry.Released _ -> -1;
        };
    }

    private static String at(SeenRecord record) {
        return " at offset " + record.offset();
    }

    private static String workerOf(SeenRecord takeover) {
        try {
            return FrameCodec.mapper()
                    .readTree(takeover.value())
                    .path("data")
                    .path("worker_id")
                    .stringValue("");
        } catch (JacksonException e) {
            return "";
        }
    }

    private void keepGap(long ms) {
        if (gapCount == gaps.length) {
            gaps = Arrays.copyOf(gaps, gapCount * 2);
        }
        gaps[gapCount++] = ms;
    }

    // --- checking

    private List<Check> checks(String found, @Nullable String archivedDigest, boolean isArchived) {
        List<Check> checks = new ArrayList<>();
        boolean started = !attempts.isEmpty();
        checks.add(new Check("start", started, started ? "one" : "none"));
        String accepted = log.length() == 0 ? "nothing accepted" : "0 to " + (log.length() - 1);
        boolean leftOpen = isArchived || endIsBeyondGap;
        checks.add(check(
                "seq_gapless",
                gap.isEmpty() && leftOpen ? openGap : gap,
                beyondGap.isEmpty() ? accepted : accepted + "; not counted beyond a gap: " + beyondGap));
        boolean ended = log instanceof StreamLog.Over;
        checks.add(new Check("terminal", ended, ended ? "one" : "missing"));
        checks.add(check("nothing_after_terminal", afterEnd, "nothing by its writer"));
        checks.add(check("attempts_in_order", skippedAttempts, attempts.size() + " in order"));
        checks.add(
                new Check("zombies_dropped", true, zombies.isEmpty() ? "there were none" : "not counted: " + zombies));
        checks.add(check("values_match_headers", unreadable, "all"));
        checks.addAll(textChecks);
        if (archivedDigest != null) {
            boolean same = archivedDigest.equals(found);
            checks.add(new Check("digest", same, same ? "as archived" : "the archive has " + archivedDigest));
        }
        return checks;
    }

    private Check textCheck(Terminal terminal) {
        if (!textKnown) {
            return new Check("text_is_chunks", false, "not all chunks can be read");
        }
        String joined = text.toString();
        boolean same = terminal.text().equals(joined);
        return new Check(
                "text_is_chunks",
                same,
                same
                        ? joined.length() + " characters"
                        : "they differ from character " + firstDifference(joined, terminal.text()) + " on");
    }

    private static int firstDifference(String one, String other) {
        int at = 0;
        while (at < Math.min(one.length(), other.length()) && one.charAt(at) == other.charAt(at)) {
            at++;
        }
        return at;
    }

    private static Check check(String name, Finding wrong, String detail) {
        return new Check(name, wrong.isEmpty(), wrong.isEmpty() ? detail : wrong.toString());
    }

    private Audit.@Nullable Asked asked(Origins origins) {
        if (origins.asked() instanceof Origins.Given<?>(var command, long offset, Instant at)) {
            return new Audit.Asked(command.userId().value(), at, command.gatewayId(), offset);
        }
        Instant at = askedAt == null ? startedAt : askedAt;
        return at == null ? null : new Audit.Asked(stream.user().value(), at, null, null);
    }

    private Audit.@Nullable Stopped stopped(Origins origins) {
        Stop last = stop;
        if (last == null) {
            return null;
        }
        String reason = last.reason().wireName();
        if (origins.stopped() instanceof Origins.Given<?>(var command, long offset, Instant at)) {
            return new Audit.Stopped(command.userId().value(), at, reason, command.gatewayId(), offset);
        }
        return new Audit.Stopped(stream.user().value(), last.at(), reason, null, null);
    }

    private Audit.Times times() {
        long[] sorted = Arrays.copyOf(gaps, gapCount);
        Arrays.sort(sorted);
        return new Audit.Times(
                startedAt,
                firstContentAt,
                endedAt,
                between(startedAt, firstContentAt),
                between(startedAt, endedAt),
                quantile(sorted, 50),
                quantile(sorted, 99),
                quantile(sorted, 100));
    }

    private static @Nullable Long between(@Nullable Instant from, @Nullable Instant to) {
        return from == null || to == null ? null : Math.max(0, to.toEpochMilli() - from.toEpochMilli());
    }

    private static @Nullable Long quantile(long[] sorted, int percent) {
        return sorted.length == 0 ? null : sorted[Math.max(0, (sorted.length * percent + 99) / 100 - 1)];
    }
}
