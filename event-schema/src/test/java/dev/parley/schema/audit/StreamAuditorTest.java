package dev.parley.schema.audit;

import static dev.parley.schema.audit.AnswerLog.FIRST;
import static dev.parley.schema.audit.AnswerLog.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.kafka.RawRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamAuditorTest {

    private final AnswerLog log = new AnswerLog().start();

    @Test
    void a_correct_answer_is_ok_and_its_digest_is_over_the_accepted_values() {
        log.after(40)
                .chunk(FIRST, 1, "one ")
                .after(10)
                .keepalive(FIRST)
                .after(10)
                .chunk(FIRST, 2, "two");
        log.after(5).complete(FIRST, 3);
        StreamDigest digest = new StreamDigest();
        List.of(0, 1, 3, 4).forEach(index -> digest.add(log.records().get(index).value()));
        String expected = digest.hex();

        Audit audit = log.audit(Origins.UNKNOWN, expected);

        assertThat(audit.verdict()).isEqualTo(Audit.OK);
        assertThat(audit.checks()).allMatch(Audit.Check::ok);
        assertThat(audit.digest()).isEqualTo(expected).hasSize(64);
        assertThat(audit.events()).isEqualTo(4);
        assertThat(audit.dropped()).isEmpty();
        assertThat(audit.times())
                .isEqualTo(new Audit.Times(
                        AnswerLog.BEGIN,
                        AnswerLog.BEGIN.plusMillis(40),
                        AnswerLog.BEGIN.plusMillis(65),
                        40L,
                        65L,
                        20L,
                        40L,
                        40L));
        assertThat(audit.attempts()).containsExactly(new Audit.Attempt("1.one", "w1", 0, AnswerLog.BEGIN, 100));
        assertThat(audit.askedBy()).isEqualTo(new Audit.Asked("a/nn", AnswerLog.BEGIN, null, null));
        assertThat(audit.stoppedBy()).isNull();
    }

    /** A worker is killed: of its records in flight only a later one reaches the log, and another worker continues the stream. */
    @Test
    void a_record_after_a_gap_of_its_writer_is_dropped_and_no_violation() {
        Audit audit = log.chunk(FIRST, 1, "one")
                .zombie(FIRST, 2, "two")
                .zombie(FIRST, 3, "three")
                .takeover()
                .chunk(SECOND, 2, "deux")
                .complete(SECOND, 3)
                .lose(2)
                .audit();

        assertThat(audit.verdict()).isEqualTo(Audit.OK);
        assertThat(audit.check("seq_gapless").ok()).isTrue();
        assertThat(audit.check("seq_gapless").detail())
                .startsWith("0 to 3; not counted beyond a gap: seq 3 at offset")
                .endsWith(", expected seq 2");
        assertThat(audit.dropped()).containsExactly(new Audit.Dropped("seq_gap", 1));
    }

    @Test
    void a_stream_with_a_gap_that_no_writer_has_closed_is_incomplete() {
        log.chunk(FIRST, 1, "one")
                .chunk(FIRST, 2, "two")
                .chunk(FIRST, 3, "three")
                .lose(2);

        Audit audit = log.audit();
        assertThat(audit.verdict()).isEqualTo(Audit.INCOMPLETE);
        assertThat(audit.check("seq_gapless").ok()).isTrue();
        assertThat(audit.check("terminal").ok()).isFalse();
        assertThat(audit.dropped()).containsExactly(new Audit.Dropped("seq_gap", 1));
        Audit archived = read().result(Origins.UNKNOWN, null, "archive");
        assertThat(archived.verdict()).isEqualTo(Audit.VIOLATIONS);
        assertThat(archived.check("seq_gapless").detail())
                .startsWith("seq 3 at offset")
                .endsWith(", expected seq 2");
    }

    @Test
    void a_gap_before_the_terminal_event_of_its_writer_is_a_violation_until_another_writer_closes_it() {
        log.chunk(FIRST, 1, "one").chunk(FIRST, 2, "two").complete(FIRST, 3).lose(2);

        assertThat(log.audit().verdict()).isEqualTo(Audit.VIOLATIONS);
        assertThat(log.audit().check("seq_gapless").ok()).isFalse();

        log.takeover();
        assertThat(log.audit().verdict()).isEqualTo(Audit.INCOMPLETE);
        assertThat(log.audit().check("seq_gapless").ok()).isTrue();
    }

    @Test
    void a_gap_between_accepted_events_is_a_violation() {
        Audit audit = log.chunk(FIRST, 1, "one")
                .chunk(FIRST, 2, "two")
                .complete(FIRST, 3)
                .flip(2, "\"seq\":2", "\"seq\":5")
                .audit();

        assertThat(audit.verdict()).isEqualTo(Audit.VIOLATIONS);
        assertThat(audit.check("seq_gapless").ok()).isFalse();
        assertThat(audit.check("seq_gapless").detail()).contains("seq 5").contains(", expected seq 2");
    }

    @Test
    void no_duration_is_negative_even_if_the_writers_clocks_were_wrong() {
        Audit audit = log.after(40)
                .chunk(FIRST, 1, "one")
                .after(-7_137_712)
                .chunk(FIRST, 2, "two")
                .complete(FIRST, 3)
                .audit();

        assertThat(audit.times().durationMs()).isZero();
        assertThat(audit.times().timeToFirstTokenMs()).isEqualTo(40L);
        assertThat(audit.times().gapMaxMs()).isEqualTo(40L);
        assertThat(audit.times().gapP50Ms()).isZero();
    }

    @Test
    void records_of_an_old_writer_are_reported_and_do_not_change_the_result() {
        Audit audit = log.chunk(FIRST, 1, "one")
                .takeover()
                .zombie(FIRST, 2, "late")
                .chunk(SECOND, 2, "two")
                .complete(SECOND, 3)
                .zombie(FIRST, 3, "later")
                .audit();

        assertThat(audit.verdict()).isEqualTo(Audit.OK);
        assertThat(audit.check("zombies_dropped").detail())
                .contains("claim 1.one")
                .contains("1 more");
        assertThat(audit.dropped())
                .containsExactly(new Audit.Dropped("stale_claim", 1), new Audit.Dropped("after_end", 1));
        assertThat(audit.attempts()).extracting(Audit.Attempt::workerId).containsExactly("w1", "w2");
        assertThat(audit.attempts()).extracting(Audit.Attempt::fromSeq).containsExactly(0L, 2L);
    }

    @Test
    void a_changed_byte_is_reported_wherever_it_is() {
        log.chunk(FIRST, 1, "one").chunk(FIRST, 2, "two").complete(FIRST, 3);
        String digest = log.audit().digest();

        assertThat(log.flip(1, "one", "onf").audit(Origins.UNKNOWN, digest)).satisfies(audit -> {
            assertThat(audit.verdict()).isEqualTo(Audit.VIOLATIONS);
            assertThat(audit.check("text_is_chunks").detail()).contains("from character 2 on");
            assertThat(audit.check("digest").ok()).isFalse();
        });
        log.flip(1, "onf", "one");
        assertThat(log.flip(0, "What?", "That?").audit(Origins.UNKNOWN, digest)).satisfies(audit -> {
            assertThat(audit.check("digest").ok()).isFalse();
            assertThat(audit.verdict()).isEqualTo(Audit.VIOLATIONS);
        });
        log.flip(0, "That?", "What?");
        assertThat(log.flip(1, "\"seq\":1", "\"seq\":9").audit().check("values_match_headers"))
                .satisfies(check -> assertThat(check.detail()).contains("seq 1 at offset 103"));
        log.flip(1, "\"seq\":9", "\"seq\":1");
        assertThat(log.flip(3, "onetwo", "onetwx").audit())
                .satisfies(
                        audit -> assertThat(audit.check("content_sha256").ok()).isFalse());
        assertThat(log.replace(2, new byte[] {'{', (byte) 0xff})
                        .audit()
                        .check("text_is_chunks")
                        .ok())
                .isFalse();
    }

    @Test
    void a_missing_terminal_event_is_reported() {
        Audit audit = log.chunk(FIRST, 1, "one").audit();

        assertThat(audit.verdict()).isEqualTo(Audit.INCOMPLETE);
        assertThat(audit.check("terminal")).isEqualTo(new Audit.Check("terminal", false, "missing"));
        assertThat(new StreamAuditor(AnswerLog.STREAM)
                        .result(Origins.UNKNOWN, null, "kafka")
                        .verdict())
                .isEqualTo(Audit.INCOMPLETE);
    }

    @Test
    void a_writer_that_continues_after_its_terminal_event_or_skips_an_attempt_is_reported() {
        Audit after =
                log.chunk(FIRST, 1, "one").complete(FIRST, 2).complete(FIRST, 3).audit();
        assertThat(after.check("nothing_after_terminal").detail()).contains("stream_complete with seq 3");
        assertThat(after.verdict()).isEqualTo(Audit.VIOLATIONS);

        AnswerLog other = new AnswerLog().takeover().start();
        assertThat(other.audit().check("seq_gapless").detail())
                .isEqualTo("0 to 0; not counted beyond a gap: stream_takeover at offset 100 before the start");
    }

    @Test
    void the_users_that_asked_and_stopped_come_from_the_commands_if_they_are_known() {
        Instant at = AnswerLog.BEGIN.minus(Duration.ofHours(2)); // by the gateway's clock
        var stop = new Command.StopGeneration(
                AnswerLog.STREAM.message(), AnswerLog.SESSION.session(), AnswerLog.SESSION.user(), at, "g2");
        Instant asked = AnswerLog.BEGIN.minusMillis(3);
        Instant stopped = AnswerLog.BEGIN.plusMillis(3);
        Origins origins =
                Origins.UNKNOWN.plus(ask(at), 5, asked).plus(stop, 6, stopped).plus(stop, 9, stopped.plusMillis(1));

        Audit audit = log.chunk(FIRST, 1, "one").stopped(FIRST, 2).audit(origins, null);

        assertThat(audit.askedBy()).isEqualTo(new Audit.Asked("a/nn", asked, "g1", 5L));
        assertThat(audit.stoppedBy()).isEqualTo(new Audit.Stopped("a/nn", stopped, "user_cancelled", "g2", 6L));
        assertThat(log.audit().stoppedBy())
                .isEqualTo(new Audit.Stopped("a/nn", AnswerLog.BEGIN, "user_cancelled", null, null));
    }

    @Test
    void a_command_before_the_deletion_of_its_conversation_belongs_to_another_stream() {
        Instant at = AnswerLog.BEGIN;
        var delete = new Command.DeleteConversation(AnswerLog.SESSION.session(), AnswerLog.SESSION.user(), at, "g1");
        var otherSession = new Command.DeleteConversation(new SessionId("other"), AnswerLog.SESSION.user(), at, "g1");

        Origins origins = Origins.UNKNOWN.plus(ask(at), 5, at).plus(otherSession, 6, at);
        assertThat(origins.asked()).isNotNull();
        origins = origins.plus(delete, 7, at);
        assertThat(origins).isEqualTo(Origins.UNKNOWN);
        assertThat(origins.plus(ask(at), 8, at.plusSeconds(1)).asked())
                .isEqualTo(new Origins.Given<>(ask(at), 8, at.plusSeconds(1)));
    }

    private static Command.ChatStream ask(Instant at) {
        return new Command.ChatStream(
                AnswerLog.STREAM.message(),
                AnswerLog.SESSION.session(),
                AnswerLog.SESSION.user(),
                "What?",
                ChatContext.NONE,
                OnBusy.ENQUEUE,
                Priority.MEDIUM,
                at,
                "g1");
    }

    @Test
    void the_text_is_released_at_the_end() {
        log.chunk(FIRST, 1, "x".repeat(10_000));
        assertThat(read().heldChars()).isGreaterThanOrEqualTo(10_000);

        log.complete(FIRST, 2);
        assertThat(read().heldChars()).isZero();
        assertThat(log.audit().verdict()).isEqualTo(Audit.OK);
    }

    @Test
    void the_time_of_the_last_accepted_record_is_known() {
        log.after(20).takeover().after(1000).keepalive(SECOND).after(5000).zombie(FIRST, 1, "late");

        assertThat(read().lastAt()).isEqualTo(AnswerLog.BEGIN.plusMillis(1020));
    }

    private StreamAuditor read() {
        StreamAuditor auditor = new StreamAuditor(AnswerLog.STREAM);
        log.records().forEach(record -> auditor.add(RawRecords.seen(record).orElseThrow()));
        return auditor;
    }
}
