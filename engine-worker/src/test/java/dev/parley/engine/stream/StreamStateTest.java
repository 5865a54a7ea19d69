package dev.parley.engine.stream;

import static dev.parley.engine.stream.Story.finished;
import static dev.parley.engine.stream.Story.said;
import static dev.parley.engine.stream.Story.thought;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.providers.AskedModel;
import dev.parley.providers.Price;
import dev.parley.providers.Usage;
import dev.parley.schema.ErrorCode;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.CompleteMetadata;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.ReasoningStep;
import dev.parley.schema.event.StopReason;
import dev.parley.schema.event.StoppedMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.ContextInfo;
import dev.parley.schema.event.StreamEvent.GenerationStopped;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.event.StreamEvent.StreamError;
import dev.parley.schema.event.StreamEvent.StreamResumed;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.StreamEvent.ThinkingChunk;
import dev.parley.schema.event.Tokens;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.WellFormed;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamStateTest {
    private static final ChatContext REASONING = new ChatContext(null, true, null, null, null, null);
    private static final Input OUTAGE =
            new Input.Failed(new Failure(ErrorCode.AI_PROVIDER_UNAVAILABLE, "It broke off.", null, true));

    private static final Price PRICE = new Price(BigDecimal.ONE, BigDecimal.TWO);

    @Test
    void an_answer_is_start_chunks_and_complete_with_the_digest_of_the_text() {
        Story story =
                Story.started().at(40).on(said("Hel")).on(said("lo")).at(90).on(finished("stop", new Usage(7, 3, 1)));

        StreamComplete end = story.last(StreamComplete.class);
        assertThat(story.events()).extracting(StreamEvent::seq).containsExactly(0L, 1L, 2L, 3L);
        assertThat(story.events().getFirst()).isInstanceOf(StreamStart.class);
        assertThat(end.fullContent()).isEqualTo("Hello");
        assertThat(end.contentSha256()).isEqualTo("185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969");
        assertThat(end.metadata().timeToFirstTokenMs()).isEqualTo(40);
        assertThat(end.metadata().responseTimeMs()).isEqualTo(90);
        assertThat(end.metadata().tokens()).isEqualTo(new Tokens(7, 3, 1, 10, false));
        assertThat(end.metadata().attempts()).isEqualTo(1);
    }

    @Test
    void the_start_has_the_time_of_the_message_and_each_event_its_own() {
        StreamStart start = Story.started().last(StreamStart.class);

        assertThat(start.askedAt()).isEqualTo(Story.ASKED_AT);
        assertThat(start.timestamp()).isEqualTo(Story.TIME);
    }

    @Test
    void the_time_to_the_first_token_ends_with_the_first_content_not_with_a_thought() {
        Story story = Story.started(REASONING, Limits.DEFAULT)
                .at(20)
                .on(thought("Hm."))
                .at(50)
                .on(said("Hello"))
                .on(finished("stop", null));

        assertThat(story.last(StreamComplete.class).metadata().timeToFirstTokenMs())
                .isEqualTo(50);
    }

    @Test
    void text_that_comes_while_a_record_is_unacknowledged_is_joined() {
        Story story = Story.started()
                .meanwhile(said("a"))
                .meanwhile(said("b"))
                .meanwhile(said("c"))
                .acknowledge();

        assertThat(story.chunks()).extracting(ContentChunk::content).containsExactly("abc");
    }

    @Test
    void joined_text_is_cut_at_the_chunk_limit_and_never_through_a_surrogate_pair() {
        String text = "x".repeat(299) + "😀" + "y".repeat(400);
        Story story = Story.started(ChatContext.NONE, new Limits(10_000, 300))
                .meanwhile(said(text))
                .acknowledge();

        assertThat(story.chunks()).extracting(chunk -> chunk.content().length()).containsExactly(299, 300, 102);
        assertThat(story.text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "é", "✓", "😀", "\"", "\n", "\u0001", "\u0000é\\✓😀", "\uD83D"})
    void one_huge_piece_is_cut_into_events_of_16_kib_at_most(String unit) {
        String text = unit.repeat(100_000 / unit.length());
        Story story = Story.started().on(said(text)).on(finished("stop", null));

        assertThat(story.chunks())
                .hasSizeGreaterThan(5)
                .allSatisfy(chunk -> assertThat(FrameCodec.encode(chunk).length).isLessThanOrEqualTo(16_384 + 200));
        assertThat(story.chunks().getFirst())
                .satisfies(chunk -> assertThat(FrameCodec.encode(chunk).length).isGreaterThan(16_384 - 100));
        assertThat(story.text()).isEqualTo(WellFormed.of(text));
        assertThat(story.last(StreamComplete.class).fullContent()).isEqualTo(story.text());
    }

    @Test
    void reasoning_is_cut_like_an_answer() {
        Story story = Story.started(REASONING, Limits.DEFAULT).on(thought("思".repeat(20_000)));

        assertThat(story.only(ThinkingChunk.class))
                .hasSize(4)
                .allSatisfy(chunk -> assertThat(FrameCodec.encode(chunk).length).isLessThanOrEqualTo(16_384 + 300));
    }

    @ParameterizedTest
    @ValueSource(strings = {"👩‍👩‍👧‍👦", "e\u0301", "🇩🇪", "👍🏽", "한", "\r\n", "नि"})
    void joined_text_is_cut_between_what_readers_see_as_characters(String character) {
        int room = 300;
        for (int before = 0; before <= character.length(); before++) {
            String text = "x".repeat(before) + character.repeat(1_000);
            Story story = Story.started(ChatContext.NONE, new Limits(100_000, room))
                    .meanwhile(said(text))
                    .acknowledge();

            assertThat(story.text()).isEqualTo(text);
            int at = 0;
            for (ContentChunk chunk : story.chunks()) {
                at += chunk.content().length();
                assertThat((at - before) % character.length())
                        .as("cut at %d", at)
                        .isZero();
                assertThat(chunk.content().length()).isLessThanOrEqualTo(room);
            }
        }
    }

    @Test
    void a_cluster_that_is_too_long_is_cut_all_the_same() {
        String text = "e" + "\u0301".repeat(2_000);
        Story story = Story.started(ChatContext.NONE, new Limits(100_000, 300))
                .meanwhile(said(text))
                .acknowledge();

        assertThat(story.text()).isEqualTo(text);
        assertThat(story.chunks()).hasSize(7);
    }

    @Test
    void a_pair_that_the_model_cuts_in_two_stays_whole() {
        Story story = Story.started().on(said("a\uD83D")).on(said("\uDE00b"));

        assertThat(story.chunks()).extracting(ContentChunk::content).containsExactly("a", "😀b");
    }

    @Test
    void lone_surrogates_become_replacement_characters() {
        Story story =
                Story.started().on(said("a\uD83Dx\uDE00")).on(said("b\uD83D")).on(finished("stop", null));

        assertThat(story.text()).isEqualTo("a\uFFFDx\uFFFDb\uFFFD");
        assertThat(story.last(StreamComplete.class).fullContent()).isEqualTo(story.text());
    }

    @Test
    void an_answer_over_the_limit_is_cut_and_has_the_reason_length() {
        Story story = Story.started(ChatContext.NONE, new Limits(5, 300))
                .on(said("abc"))
                .on(said("d😀"))
                .on(said("more"))
                .on(finished("stop", null));

        assertThat(story.text()).isEqualTo("abcd");
        assertThat(story.last(StreamComplete.class).metadata().finishReason()).isEqualTo("length");
    }

    @Test
    void after_the_limit_nothing_more_is_wanted_of_the_model() {
        Story story = Story.started(ChatContext.NONE, new Limits(5, 300)).meanwhile(said("abcdef"));

        assertThat(story.state().isDecided()).isTrue();
    }

    @Test
    void a_stop_before_the_first_token_is_start_and_stopped_without_text() {
        Story story = new Story(ChatContext.NONE, Limits.DEFAULT)
                .meanwhile(Story.start())
                .meanwhile(new Input.Stopped(StopReason.USER_CANCELLED))
                .acknowledge();

        assertThat(story.events()).hasSize(2);
        assertThat(story.last(GenerationStopped.class).partialContent()).isEmpty();
        assertThat(story.last(GenerationStopped.class).reason()).isEqualTo(StopReason.USER_CANCELLED);
    }

    @Test
    void a_stop_keeps_the_text_that_the_log_has_and_leaves_out_the_rest() {
        Story story = Story.started()
                .on(said("seen "))
                .meanwhile(said("unseen"))
                .at(70)
                .on(new Input.Stopped(StopReason.USER_CANCELLED))
                .on(new Input.Stopped(StopReason.INTERRUPTED))
                .on(said("late"));

        GenerationStopped end = story.last(GenerationStopped.class);
        assertThat(end.partialContent()).isEqualTo("seen ").isEqualTo(story.text());
        assertThat(end.metadata().stoppedAtMs()).isEqualTo(70);
        assertThat(story.events()).last().isSameAs(end);
    }

    @Test
    void a_failure_keeps_all_that_the_model_said() {
        Story story = Story.started().meanwhile(said("half")).on(OUTAGE).on(finished("stop", null));

        StreamError end = story.last(StreamError.class);
        assertThat(end.partialContent()).isEqualTo("half").isEqualTo(story.text());
        assertThat(end.error().code()).isEqualTo(ErrorCode.AI_PROVIDER_UNAVAILABLE);
        assertThat(story.events()).last().isSameAs(end);
    }

    @Test
    void an_empty_answer_is_a_failure() {
        Story story = Story.started().on(finished("stop", null));

        assertThat(story.last(StreamError.class).error().recoverable()).isTrue();
    }

    @Test
    void an_answer_that_the_service_filtered_is_a_failure_with_its_partial_text() {
        Story story = Story.started().on(said("Well")).on(finished("content_filter", null));

        assertThat(story.last(StreamError.class).error().code()).isEqualTo(ErrorCode.CONTENT_FILTERED);
        assertThat(story.last(StreamError.class).partialContent()).isEqualTo("Well");
    }

    @Test
    void tokens_are_estimated_if_the_service_does_not_count_them() {
        Story story = Story.started().on(new Input.Asked(11)).on(said("12345")).on(finished("stop", null));

        assertThat(story.last(StreamComplete.class).metadata().tokens()).isEqualTo(new Tokens(11, 2, 0, 13, true));
    }

    @Test
    void an_answer_names_the_model_that_produced_it_and_its_cost() {
        Story story = Story.started()
                .on(answering("openai", "gpt", null))
                .on(answering("groq", "llama", PRICE))
                .on(said("Hello"))
                .on(finished("stop", new Usage(1_000, 200, 50)));

        CompleteMetadata metadata = story.last(StreamComplete.class).metadata();
        assertThat(story.last(StreamStart.class).metadata().provider()).isEqualTo("fake");
        assertThat(metadata.providerUsed()).isEqualTo("groq");
        assertThat(metadata.model()).isEqualTo("llama");
        assertThat(metadata.cost()).isEqualTo(0.0014);
    }

    @Test
    void without_a_price_there_is_no_cost() {
        Story story = Story.started()
                .on(answering("groq", "llama", PRICE))
                .on(answering("openai", "gpt", null))
                .on(said("Hello"))
                .on(finished("stop", new Usage(1_000, 200, 50)));

        assertThat(story.last(StreamComplete.class).metadata().cost()).isNull();
    }

    @Test
    void a_stopped_answer_names_the_asked_model_and_its_cost_is_estimated_like_its_tokens() {
        Story story = Story.started()
                .on(new Input.Asked(1_000))
                .on(answering("groq", "llama", PRICE))
                .on(said("12345678"))
                .on(new Input.Stopped(StopReason.USER_CANCELLED));

        StoppedMetadata metadata = story.last(GenerationStopped.class).metadata();
        assertThat(metadata.providerUsed()).isEqualTo("groq");
        assertThat(metadata.model()).isEqualTo("llama");
        assertThat(metadata.tokens()).isEqualTo(new Tokens(1_000, 2, 0, 1_002, true));
        assertThat(metadata.cost()).isEqualTo(0.001004);
    }

    @Test
    void an_answer_that_was_stopped_before_a_model_was_asked_names_the_first_choice() {
        Story story = Story.started().on(new Input.Stopped(StopReason.USER_CANCELLED));

        StoppedMetadata metadata = story.last(GenerationStopped.class).metadata();
        assertThat(metadata.providerUsed()).isEqualTo("fake");
        assertThat(metadata.model()).isEqualTo("fake-1");
        assertThat(metadata.cost()).isNull();
    }

    @Test
    void asking_a_model_is_not_speech_of_the_model() {
        Story story = Story.started().on(answering("groq", "llama", PRICE));

        assertThat(story.state().hasSpoken()).isFalse();
        assertThat(story.events()).hasSize(1);
    }

    @Test
    void context_comes_once_and_never_before_a_first_token_that_is_ready() {
        ContextUsed used = new ContextUsed(2, 0, false, false, null, null, null);
        Story story = Story.started()
                .meanwhile(new Input.ContextFound(used))
                .meanwhile(said("a"))
                .acknowledge()
                .on(new Input.ContextFound(used));

        assertThat(story.events().get(1)).isInstanceOf(ContentChunk.class);
        assertThat(story.only(ContextInfo.class)).hasSize(1);
    }

    @Test
    void reasoning_is_numbered_by_steps_that_end_with_a_blank_line() {
        Story story = Story.started(REASONING, Limits.DEFAULT)
                .on(thought("First"))
                .on(thought(" of all.\n"))
                .on(thought("\nThen more"))
                .on(said("Answer"));

        assertThat(story.only(ThinkingChunk.class))
                .extracting(ThinkingChunk::reasoningStep)
                .extracting(ReasoningStep::stepNumber, ReasoningStep::description)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1, "First"),
                        org.assertj.core.groups.Tuple.tuple(1, " of all.\n"),
                        org.assertj.core.groups.Tuple.tuple(1, "\n"),
                        org.assertj.core.groups.Tuple.tuple(2, "Then more"));
    }

    @Test
    void reasoning_that_was_not_requested_is_left_out() {
        Story story = Story.started().on(thought("Hm")).on(said("Answer"));

        assertThat(story.only(ThinkingChunk.class)).isEmpty();
    }

    @Test
    void a_takeover_continues_with_the_next_seq_and_announces_itself() {
        Story story = Story.started()
                .on(said("one "))
                .meanwhile(said("lost"))
                .takenOver(2)
                .on(said("two"))
                .on(finished("stop", new Usage(7, 3, 1)));

        assertThat(story.events()).extracting(StreamEvent::seq).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(story.last(StreamResumed.class).attempt()).isEqualTo(2);
        assertThat(story.last(StreamComplete.class).fullContent()).isEqualTo("one two");
        assertThat(story.last(StreamComplete.class).metadata().attempts()).isEqualTo(2);
        assertThat(story.last(StreamComplete.class).metadata().tokens().estimated())
                .isTrue();
    }

    @Test
    void a_takeover_before_the_first_token_is_silent() {
        Story story = Story.started().takenOver(2).on(said("two")).on(finished("stop", null));

        assertThat(story.only(StreamResumed.class)).isEmpty();
        assertThat(story.last(StreamComplete.class).metadata().attempts()).isEqualTo(2);
    }

    private static Input answering(String provider, String model, @Nullable Price price) {
        return new Input.Answering(new AskedModel(provider, model, price));
    }

    @Test
    void every_event_of_a_stream_has_its_message_id() {
        Story story = Story.started().on(said("a")).on(finished("stop", null));

        assertThat(story.events())
                .extracting(event -> event.messageId().value())
                .containsOnly("m")
                .hasSize(List.of("start", "chunk", "complete").size());
    }

    @Test
    void the_learners_ability_is_in_the_metadata_of_the_end() {
        AbilityUpdated ability = new AbilityUpdated("maths", 0.5, 0.1);
        Story complete = Story.started()
                .on(new Input.AbilityFound(ability))
                .on(Story.said("x"))
                .on(Story.finished("stop", null));

        assertThat(complete.last(StreamComplete.class).metadata().abilityUpdated())
                .isEqualTo(ability);
    }
}
