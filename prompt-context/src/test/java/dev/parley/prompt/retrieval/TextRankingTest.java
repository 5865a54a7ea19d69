package dev.parley.prompt.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextRankingTest {
    @Test
    void a_score_is_a_share_and_rare_words_weigh_more() {
        TextRanking ranking = new TextRanking(List.of(
                List.of("light", "sugar"),
                List.of("light", "king"),
                List.of("light", "stone"),
                List.of("light", "sea")));

        List<TextRanking.Hit> hits = ranking.best(List.of("light", "king"), 0);
        assertThat(hits.getFirst().index()).isEqualTo(1);
        assertThat(hits).hasSize(4).allSatisfy(hit -> assertThat(hit.score()).isBetween(0.0, 1.0));
        assertThat(hits.get(0).score()).isGreaterThan(4 * hits.get(1).score());

        List<List<String>> many = IntStream.range(0, 100)
                .mapToObj(i -> List.of("a" + i, "b" + i, "c" + i))
                .toList();
        assertThat(new TextRanking(many).best(List.of("a7", "b7", "c7"), 0))
                .singleElement()
                .satisfies(hit -> {
                    assertThat(hit.index()).isEqualTo(7);
                    assertThat(hit.score()).isBetween(0.44, 0.46);
                });
    }

    @Test
    void scores_are_those_of_a_lucene_index() {
        long seed = Long.getLong("parley.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Terms terms = new Terms(_ -> false);
        for (int i = 0; i < 100; i++) {
            List<String> texts = IntStream.range(0, 1 + random.nextInt(20))
                    .mapToObj(_ -> words(random, random.nextInt(200)))
                    .toList();
            String query = words(random, 1 + random.nextInt(8));
            DocumentIndex index = new DocumentIndex(
                    terms,
                    IntStream.range(0, texts.size())
                            .mapToObj(text -> new Passage(Integer.toString(text), "", texts.get(text)))
                            .toList());
            Map<String, Double> scores = new TextRanking(
                            texts.stream().map(terms::of).toList())
                    .best(Bm25.query(terms, query), 0).stream()
                            .collect(Collectors.toMap(hit -> Integer.toString(hit.index()), TextRanking.Hit::score));

            Map<String, Double> found = index.search(query, texts.size()).stream()
                    .collect(Collectors.toMap(passage -> passage.passage().id(), Passage.Found::score));

            assertThat(found)
                    .allSatisfy((id, score) -> assertThat(scores.get(id)).isCloseTo(score, within(1e-4)));
            // the index rounds, so a score at the limit may be on either side of it
            scores.values().removeIf(score -> score < Bm25.MIN_SHARE + 1e-4);
            assertThat(found).containsKeys(scores.keySet().toArray(String[]::new));
        }
    }

    private static String words(Random random, int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> "word" + (int) (Math.abs(random.nextGaussian()) * 20))
                .collect(Collectors.joining(" "));
    }
}
