package dev.parley.engine.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.stream.Decision.Purpose;
import dev.parley.providers.ModelPiece;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.ChatEvent.StreamKeepalive;
import dev.parley.schema.event.ChatEvent.StreamReleased;
import dev.parley.schema.event.ChatEvent.StreamTakeover;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.ContextInfo;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.StreamResumed;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import dev.parley.schema.log.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamWriterStateTest {
    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final WriterSettings SETTINGS =
            new WriterSettings(LEASE, Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofMinutes(10));
    private static final Turn TURN = new Turn(
            new UserId("ada"), new SessionId("s"), new MessageId("m"), "Hello?", Instant.EPOCH, ChatContext.NONE);
    private static final Input.Started START =
            new Input.Started("ai", new StartMetadata("fake", "fake-1", "general", null));

    private static final ContextUsed CONTEXT = new ContextUsed(0, 0, false, false, null, null, null);

    private long now;
    private StreamWriterState writer = answering();

    private static StreamWriterState writer(Decision.Action action, Claim claim) {
        StreamTask task = new StreamTask(
                new StreamAddress(0, new SessionKey(TURN.user(), TURN.session()), null, -1),
                TURN,
                claim,
                action,
                List.of(),
                false);
        return new StreamWriterState(
                task, action instanceof Decision.TakeOver ? null : START, SETTINGS, Limits.DEFAULT, "w", 0);
    }

    private static StreamWriterState answering() {
        return writer(new Decision.Start(false), new Claim(1, "a"));
    }

    private static StreamWriterState takingOver(Purpose purpose) {
        return writer(new Decision.TakeOver(purpose), new Claim(2, "b"));
    }

    private WriterStep next() {
        return writer.next(now, Instant.EPOCH);
    }

    private StreamEvent append() {
        WriterStep.AppendEvent append = (WriterStep.AppendEvent) next();
        boolean _ = writer.appended(append, now);
        return append.event();
    }

    private WriterStep.AppendControl appendControl() {
        WriterStep.AppendControl append = (WriterStep.AppendControl) next();
        boolean _ = writer.appended(append, now);
        return append;
    }

    private void says(String text) {
        writer.receive(new Input.Generated(new ModelPiece.Content(text)), now);
    }

    private void later(Duration time) {
        now += time.toNanos();
    }

    /** Appends keepalives, as the writer does, until this time has passed. */
    private void silentFor(Duration time) {
        long until = now + time.toNanos();
        while (now < until) {
            later(LEASE.dividedBy(3));
            if (now < until && next() instanceof WriterStep.AppendControl append) {
                boolean _ = writer.appended(append, now);
            }
        }
    }

    private void started() {
        assertThat(next()).isEqualTo(new WriterStep.AskModel(""));
        assertThat(append()).isInstanceOf(StreamStart.class);
    }

    private static Written oneWord() {
        return Written.NOTHING
                .evolve(
                        new StreamStart(
                                TURN.messageId(),
                                0,
                                TURN.session(),
                                Instant.EPOCH,
                                "ai",
                                TURN.user(),
                                TURN.message(),
                                TURN.askedAt(),
                                ChatContext.NONE,
                                START.metadata()),
                        0)
                .evolve(new ContentChunk(TURN.messageId(), 1, "one ", false, null), 5);
    }

    @Test
    void the_model_is_asked_before_the_start_is_in_the_log() {
        assertThat(next()).isEqualTo(new WriterStep.AskModel(""));
        assertThat(next()).isInstanceOf(WriterStep.AppendEvent.class);
    }

    @Test
    void a_start_to_be_confirmed_asks_the_model_only_when_the_log_shows_that_it_counts() {
        writer = writer(new Decision.Start(true), new Claim(1, "a"));
        writer.receive(new Input.ContextFound(CONTEXT), now);
        assertThat(append()).isInstanceOf(StreamStart.class);
        assertThat(next()).isEqualTo(new WriterStep.Rest(LEASE.toNanos()));
        writer.claimConfirmed(writer.written(), 0, now);

        assertThat(next()).isEqualTo(new WriterStep.AskModel(""));
        assertThat(append()).isInstanceOf(ContextInfo.class);
    }

    @Test
    void the_log_may_show_a_start_to_be_confirmed_before_its_acknowledgement_comes() {
        writer = writer(new Decision.Start(true), new Claim(1, "a"));
        WriterStep start = next();
        assertThat(start).isInstanceOf(WriterStep.AppendEvent.class);
        writer.claimConfirmed(Written.NOTHING, 0, now);
        assertThat(writer.appended(start, now)).isFalse();

        assertThat(next()).isEqualTo(new WriterStep.AskModel(""));
        says("one");
        assertThat(append()).isInstanceOf(ContentChunk.class);
    }

    @Test
    void a_start_to_be_confirmed_that_is_superseded_asks_no_model() {
        writer = writer(new Decision.Start(true), new Claim(1, "a"));
        append();
        writer.claimSuperseded();

        assertThat(next()).isEqualTo(new WriterStep.Done());
    }

    @Test
    void a_stop_ends_a_start_to_be_confirmed_without_asking_the_model() {
        writer = writer(new Decision.Start(true), new Claim(1, "a"));
        append();
        writer.stop(StopReason.USER_CANCELLED);
        writer.claimConfirmed(writer.written(), 0, now);

        assertThat(append()).isInstanceOf(GenerationStopped.class);
    }

    @Test
    void what_is_found_before_the_claim_is_confirmed_is_kept() {
        writer = takingOver(new Purpose.Continue());
        writer.receive(new Input.ContextFound(CONTEXT), now);
        appendControl();
        writer.claimConfirmed(oneWord(), 5, now);

        assertThat(next()).isEqualTo(new WriterStep.AskModel("one "));
        assertThat(append()).isInstanceOf(StreamResumed.class);
        assertThat(append()).isInstanceOf(ContextInfo.class);
    }

    @Test
    void a_silent_stream_gets_three_keepalives_a_lease() {
        started();

        assertThat(next()).isEqualTo(new WriterStep.Rest(LEASE.dividedBy(3).toNanos()));
        later(LEASE.dividedBy(3));
        assertThat(appendControl()).isEqualTo(new WriterStep.AppendControl(new StreamKeepalive(TURN.messageId()), 0));
        later(LEASE.dividedBy(3));
        assertThat(next()).isEqualTo(new WriterStep.AppendControl(new StreamKeepalive(TURN.messageId()), 1));
    }

    @Test
    void a_model_that_does_not_begin_is_given_up() {
        started();
        silentFor(SETTINGS.firstToken());

        assertThat(((StreamError) append()).error().code()).isEqualTo(ErrorCode.GENERATION_TIMEOUT);
        assertThat(writer.wantsModel()).isFalse();
        assertThat(next()).isEqualTo(new WriterStep.Done());
    }

    @Test
    void a_model_that_falls_silent_is_given_up_and_its_text_kept() {
        started();
        says("one ");
        append();
        silentFor(SETTINGS.idle());

        StreamError end = (StreamError) append();
        assertThat(end.error().code()).isEqualTo(ErrorCode.GENERATION_TIMEOUT);
        assertThat(end.partialContent()).isEqualTo("one ");
    }

    @Test
    void a_model_that_never_ends_is_given_up() {
        started();
        StreamEvent last = null;
        while (!(last instanceof StreamError)) {
            says("more ");
            last = append();
            later(Duration.ofSeconds(20));
            assertThat(now).isLessThan(SETTINGS.total().multipliedBy(2).toNanos());
        }
        assertThat(now).isGreaterThanOrEqualTo(SETTINGS.total().toNanos());
    }

    @Test
    void after_a_record_whose_outcome_is_unknown_nothing_more_is_written() {
        started();
        says("one ");
        assertThat(next()).isInstanceOf(WriterStep.AppendEvent.class);
        writer.failed();
        says("two");

        assertThat(next()).isEqualTo(new WriterStep.Done());
        assertThat(writer.wantsModel()).isFalse();
    }

    @Test
    void a_superseded_writer_writes_nothing_more() {
        started();
        says("one ");
        writer.claimSuperseded();

        assertThat(next()).isEqualTo(new WriterStep.Done());
    }

    @Test
    void a_takeover_writes_its_claim_and_continues_only_when_the_log_confirms_it() {
        writer = takingOver(new Purpose.Continue());

        assertThat(appendControl().control()).isEqualTo(new StreamTakeover(TURN.messageId(), TURN.session(), 2, "w"));
        assertThat(next()).isInstanceOf(WriterStep.Rest.class);
        writer.claimConfirmed(oneWord(), 5, now);
        assertThat(next()).isEqualTo(new WriterStep.AskModel("one "));
        assertThat(append()).isInstanceOf(StreamResumed.class);
    }

    @Test
    void the_log_may_show_a_takeover_before_its_acknowledgement_comes() {
        writer = takingOver(new Purpose.Continue());
        WriterStep takeover = next();
        writer.claimConfirmed(oneWord(), 5, now);
        assertThat(writer.appended(takeover, now)).isFalse();

        assertThat(next()).isEqualTo(new WriterStep.AskModel("one "));
    }

    @Test
    void a_claim_that_the_log_does_not_show_for_a_lease_is_not_used() {
        writer = takingOver(new Purpose.Continue());
        appendControl();
        later(LEASE);

        assertThat(next()).isEqualTo(new WriterStep.Done());
        writer.claimConfirmed(oneWord(), 5, now);
        assertThat(next()).isEqualTo(new WriterStep.Done());
    }

    @Test
    void a_takeover_to_stop_asks_no_model() {
        writer = takingOver(new Purpose.Stop(StopReason.USER_CANCELLED));
        appendControl();
        writer.claimConfirmed(oneWord(), 5, now);

        assertThat(append())
                .isInstanceOfSatisfying(
                        GenerationStopped.class,
                        end -> assertThat(end.partialContent()).isEqualTo("one "));
    }

    @Test
    void a_stop_that_comes_before_the_claim_is_confirmed_has_effect() {
        writer = takingOver(new Purpose.Continue());
        appendControl();
        writer.stop(StopReason.INTERRUPTED);
        writer.claimConfirmed(oneWord(), 5, now);

        assertThat(append())
                .isInstanceOfSatisfying(
                        GenerationStopped.class, end -> assertThat(end.reason()).isEqualTo(StopReason.INTERRUPTED));
    }

    @Test
    void a_takeover_to_fail_fails_the_stream() {
        writer = takingOver(new Purpose.Fail());
        appendControl();
        writer.claimConfirmed(oneWord(), 5, now);

        StreamError end = (StreamError) append();
        assertThat(end.error().code()).isEqualTo(ErrorCode.WORKER_LOST);
        assertThat(end.partialContent()).isEqualTo("one ");
    }

    @Test
    void a_released_stream_gets_one_last_record() {
        started();
        says("one ");
        writer.release("shutdown");

        assertThat(writer.wantsModel()).isFalse();
        assertThat(appendControl())
                .isEqualTo(new WriterStep.AppendControl(new StreamReleased(TURN.messageId(), "shutdown"), 0));
        assertThat(next()).isEqualTo(new WriterStep.Done());
    }

    @Test
    void the_first_records_follow_each_other_without_waiting() {
        assertThat(next()).isEqualTo(new WriterStep.AskModel(""));
        assertThat(event()).isInstanceOf(StreamStart.class);
        writer.receive(new Input.ContextFound(CONTEXT), now);
        assertThat(event()).isInstanceOf(ContextInfo.class);
        says("one ");

        assertThat(event()).isInstanceOfSatisfying(ContentChunk.class, chunk -> {
            assertThat(chunk.seq()).isEqualTo(2);
            assertThat(chunk.content()).isEqualTo("one ");
        });
    }

    @Test
    void a_chunk_waits_for_the_one_before_it_and_joins_what_is_said_meanwhile() {
        started();
        says("one ");
        assertThat(writer.isHeldBack()).isFalse();
        WriterStep first = next();
        assertThat(next()).isInstanceOf(WriterStep.Rest.class);
        says("two ");
        says("three");
        assertThat(writer.isHeldBack()).isTrue();
        assertThat(next()).isInstanceOf(WriterStep.Rest.class);

        assertThat(writer.appended(first, now)).as("there is something to do").isTrue();
        assertThat(((ContentChunk) append()).content()).isEqualTo("two three");
    }

    @Test
    void an_acknowledgement_without_anything_to_write_does_not_wake_the_writer() {
        started();
        says("one ");
        assertThat(writer.appended(next(), now)).isFalse();
    }

    @Test
    void an_end_is_sent_at_once_and_counts_when_all_records_before_it_are_acknowledged() {
        started();
        says("one ");
        WriterStep chunk = next();
        writer.stop(StopReason.USER_CANCELLED);
        WriterStep end = next();

        assertThat(((WriterStep.AppendEvent) end).event())
                .isInstanceOfSatisfying(
                        GenerationStopped.class,
                        stopped -> assertThat(stopped.partialContent()).isEqualTo("one "));
        assertThat(writer.appended(end, now)).isFalse();
        assertThat(next()).as("a record is on its way").isInstanceOf(WriterStep.Rest.class);
        assertThat(writer.appended(chunk, now)).isTrue();
        assertThat(next()).isEqualTo(new WriterStep.Done());
        assertThat(writer.hasEnded()).isTrue();
    }

    @Test
    void an_end_after_a_record_whose_outcome_is_unknown_does_not_count() {
        started();
        says("one ");
        next();
        writer.stop(StopReason.USER_CANCELLED);
        WriterStep end = next();
        writer.failed();
        boolean _ = writer.appended(end, now);

        assertThat(next()).isEqualTo(new WriterStep.Done());
        assertThat(writer.hasEnded()).isFalse();
        assertThat(writer.isClaimUncertain()).isTrue();
    }

    @Test
    void a_superseded_writer_still_waits_for_the_outcome_of_its_records() {
        started();
        says("one ");
        WriterStep chunk = next();
        writer.claimSuperseded();

        assertThat(next()).isInstanceOf(WriterStep.Rest.class);
        assertThat(writer.appended(chunk, now)).isTrue();
        assertThat(next()).isEqualTo(new WriterStep.Done());
    }

    @Test
    void a_release_waits_for_all_before_it() {
        started();
        says("one ");
        WriterStep chunk = next();
        writer.release("shutdown");

        assertThat(next()).isInstanceOf(WriterStep.Rest.class);
        assertThat(writer.appended(chunk, now)).isTrue();
        assertThat(next()).isInstanceOf(WriterStep.AppendControl.class);
    }

    @Test
    void a_record_on_its_way_replaces_a_keepalive() {
        started();
        says("one ");
        WriterStep chunk = next();
        later(LEASE.dividedBy(2));
        assertThat(next()).isInstanceOf(WriterStep.Rest.class);
        boolean _ = writer.appended(chunk, now);
        later(LEASE.dividedBy(3));

        assertThat(next()).isInstanceOf(WriterStep.AppendControl.class);
    }

    private StreamEvent event() {
        return ((WriterStep.AppendEvent) next()).event();
    }
}
