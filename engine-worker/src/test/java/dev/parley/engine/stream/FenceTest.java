package dev.parley.engine.stream;

import static dev.parley.engine.stream.Story.finished;
import static dev.parley.engine.stream.Story.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.event.StreamEvent.StreamComplete;
import dev.parley.schema.json.WellFormed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class FenceTest {
    private record Piece(
            String text, boolean code, @Nullable String language) {}

    private static List<Piece> pieces(String... said) {
        Story story = Story.started();
        for (String text : said) {
            story.on(said(text));
        }
        story.on(finished("stop", null));
        return story.chunks().stream()
                .map(chunk -> new Piece(chunk.content(), chunk.isCode(), chunk.language()))
                .toList();
    }

    @Test
    void a_block_is_a_chunk_of_its_own_with_its_fence_lines() {
        assertThat(pieces("Look:\n```java\nint a;\n```\nDone."))
                .containsExactly(
                        new Piece("Look:\n", false, null),
                        new Piece("```java\nint a;\n```\n", true, "java"),
                        new Piece("Done.", false, null));
    }

    @Test
    void a_fence_line_is_recognized_however_it_is_cut() {
        assertThat(pieces("a\n", "`", "``", "ja", "va", "\n", "x", "\n``", "`", "\n", "b"))
                .containsExactly(
                        new Piece("a\n", false, null),
                        new Piece("```java\n", true, "java"),
                        new Piece("x", true, null),
                        new Piece("\n``", true, null),
                        new Piece("`", true, null),
                        new Piece("\n", true, null),
                        new Piece("b", false, null));
    }

    @Test
    void only_a_line_that_may_become_a_fence_is_held_back() {
        assertThat(pieces("Hello", " `x`", "\n", "  ", "- item", "\n``", "not", "``\n"))
                .extracting(Piece::text)
                .containsExactly("Hello", " `x`", "\n", "  - item", "\n", "``not", "``\n");
    }

    @Test
    void backticks_within_a_line_are_not_a_fence() {
        assertThat(pieces("```inline``` code\nnext"))
                .containsExactly(new Piece("```inline``` code\nnext", false, null));
    }

    @Test
    void a_block_closes_with_its_own_marker_at_least_as_wide() {
        assertThat(pieces("~~~~\n```\n~~~\n~~~~\nafter"))
                .containsExactly(new Piece("~~~~\n```\n~~~\n~~~~\n", true, null), new Piece("after", false, null));
    }

    @Test
    void two_blocks_in_a_row_are_two_chunks() {
        assertThat(pieces("```c\n1\n```\n```go\n2\n```"))
                .containsExactly(new Piece("```c\n1\n```\n", true, "c"), new Piece("```go\n2\n```", true, "go"));
    }

    @Test
    void a_line_that_stays_open_is_held_back_no_longer_than_the_bound() {
        Story story = Story.started().on(said("`".repeat(3) + "x".repeat(Fence.MAX_HEAD_CHARS - 3)));

        assertThat(story.chunks())
                .singleElement()
                .extracting(ContentChunk::isCode)
                .isEqualTo(true);
    }

    /** Neither the cuts of a text nor the times of acknowledgements change the text, or what of it is code. */
    @RepeatedTest(500)
    void cuts_change_nothing(RepetitionInfo run) {
        long seed = 7_000 + run.getCurrentRepetition();
        Random random = new Random(seed);
        String text = markdown(random);
        Story whole = Story.started(ChatContext.NONE, new Limits(100_000, 400)).on(said(text));
        whole.on(finished("stop", null));
        Story cut = Story.started(ChatContext.NONE, new Limits(100_000, 400));
        int at = 0;
        while (at < text.length()) {
            int next = Math.min(text.length(), at + 1 + random.nextInt(1 + random.nextInt(40)));
            cut.meanwhile(said(text.substring(at, next)));
            if (random.nextInt(3) > 0) {
                cut.acknowledge();
            }
            if (random.nextInt(30) == 0) {
                cut.acknowledge();
                String written = cut.text();
                cut.takenOver(2);
                cut.meanwhile(said(text.substring(written.length(), next)));
            }
            at = next;
        }
        cut.on(finished("stop", null));

        assertThat(cut.text()).as("seed %d", seed).isEqualTo(WellFormed.of(text));
        assertThat(cut.last(StreamComplete.class).fullContent()).isEqualTo(cut.text());
        assertThat(codeMap(cut)).as("seed %d", seed).isEqualTo(codeMap(whole));
        assertThat(languages(cut)).as("seed %d", seed).isEqualTo(languages(whole));
        assertThat(cut.chunks()).allMatch(chunk -> chunk.content().length() <= 400);
        assertThat(cut.state().written()).usingRecursiveComparison().isEqualTo(replayed(cut));
    }

    private static Written replayed(Story story) {
        Written fold = Written.NOTHING;
        for (var event : story.events()) {
            fold = fold.evolve(event, 0);
        }
        return fold;
    }

    private static String codeMap(Story story) {
        StringBuilder map = new StringBuilder();
        story.chunks()
                .forEach(chunk ->
                        map.repeat(chunk.isCode() ? 'c' : '.', chunk.content().length()));
        return map.toString();
    }

    private static List<String> languages(Story story) {
        List<String> found = new ArrayList<>();
        for (ContentChunk chunk : story.chunks()) {
            if (chunk.language() != null) {
                found.add(chunk.language());
            }
        }
        return found;
    }

    private static String markdown(Random random) {
        String[] words = {
            "word ",
            "`",
            "``",
            "```",
            "~~~",
            "\n",
            "\n",
            "\n```java\n",
            "\n```\n",
            "  ",
            "😀",
            "\uD83D",
            "\uDE00",
            "\r\n",
            "é",
            "````",
            "x".repeat(150)
        };
        StringBuilder text = new StringBuilder();
        int count = 1 + random.nextInt(120);
        for (int i = 0; i < count; i++) {
            text.append(words[random.nextInt(words.length)]);
        }
        return text.append("end").toString();
    }
}
