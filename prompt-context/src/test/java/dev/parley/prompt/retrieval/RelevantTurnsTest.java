package dev.parley.prompt.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.prompt.PastTurn;
import dev.parley.prompt.emotion.LexiconEmotions;
import dev.parley.schema.id.StreamId;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RelevantTurnsTest {
    private static final PastTurn LEAVES =
            turn("leaves", "How does photosynthesis work in leaves?", "Chlorophyll takes up light and makes sugar.");
    private static final PastTurn KINGS =
            turn("kings", "Who was Charlemagne?", "A king of the Franks, crowned in 800.");
    private static final PastTurn ALGAE = turn(
            "algae", "Do algae do photosynthesis?", "Yes, most algae do photosynthesis: it makes half of the oxygen.");

    private final Terms terms = new Terms(new LexiconEmotions()::isCommon);

    private static PastTurn turn(String id, String message, String answer) {
        return new PastTurn(StreamId.of("ada", id), message, answer);
    }

    private static List<PastTurn> small(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> turn("t" + i, "topic" + i + " number" + i, "words about topic" + i))
                .toList();
    }

    private List<PastTurn> find(int turns, int tokens, String message, List<PastTurn> earlier) {
        return new RelevantTurns(terms, new RelevantTurns.Bounds(turns, tokens)).of(message, earlier);
    }

    @Test
    void relevant_turns_are_found_in_the_order_of_the_conversation() {
        List<PastTurn> earlier = Stream.concat(Stream.of(LEAVES, KINGS, ALGAE), small(20).stream())
                .toList();

        assertThat(find(5, 1_000, "Which gas is left over by photosynthesis?", earlier))
                .containsExactly(LEAVES, ALGAE);
        assertThat(find(1, 1_000, "Which gas is left over by photosynthesis?", earlier))
                .containsExactly(ALGAE);
    }

    @Test
    void nothing_is_found_if_no_word_or_only_common_words_match() {
        List<PastTurn> earlier = List.of(ALGAE, KINGS, LEAVES);

        assertThat(find(5, 1_000, "What is the speed of sound?", earlier)).isEmpty();
        assertThat(find(5, 1_000, "thanks, ok", earlier)).isEmpty();
        assertThat(find(5, 1_000, "", earlier)).isEmpty();
        assertThat(find(0, 1_000, "photosynthesis", earlier)).isEmpty();
        assertThat(find(5, 1_000, "photosynthesis", List.of())).isEmpty();
    }

    @Test
    void a_turn_that_is_too_long_makes_room_for_a_shorter_one() {
        PastTurn lengthy = turn("long", "photosynthesis photosynthesis", "photosynthesis ".repeat(1_000));
        List<PastTurn> earlier =
                Stream.concat(Stream.of(lengthy, LEAVES), small(10).stream()).toList();

        assertThat(find(5, 100, "photosynthesis", earlier)).containsExactly(LEAVES);
    }

    @Test
    void plurals_and_capitals_are_the_same_word_and_other_scripts_have_words_too() {
        assertThat(terms.of("The LEAVES of trees, a tree's leaf; glass")).contains("tree", "leave", "glass");
        assertThat(terms.of("光合成")).containsExactly("光", "合", "成");
    }
}
