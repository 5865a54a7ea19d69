package dev.parley.store.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BatchedLookupTest {
    private static final int MOST = 3;

    private final BlockingQueue<Set<String>> questions = new LinkedBlockingQueue<>();
    private final Semaphore answers = new Semaphore(0);
    private volatile boolean fails;
    private final BatchedLookup<String, Integer> lookup = new BatchedLookup<>(MOST, this::lengths);

    /** Knows the length of all words but the empty one. */
    private Map<String, Integer> lengths(Set<String> words) {
        questions.add(words);
        answers.acquireUninterruptibly();
        if (fails) {
            throw new IllegalArgumentException("away");
        }
        Map<String, Integer> known = new HashMap<>();
        words.stream().filter(word -> !word.isEmpty()).forEach(word -> known.put(word, word.length()));
        return known;
    }

    private CompletableFuture<Optional<Integer>> ask(String word) {
        return lookup.request(word);
    }

    private Set<String> question() throws InterruptedException {
        Set<String> asked = questions.poll(10, TimeUnit.SECONDS);
        assertThat(asked).as("a question").isNotNull();
        return asked;
    }

    @Test
    void keys_that_are_asked_for_during_a_query_go_into_the_next_one() throws Exception {
        CompletableFuture<Optional<Integer>> first = ask("a");
        assertThat(question()).containsExactly("a");
        CompletableFuture<Optional<Integer>> second = ask("bb");
        CompletableFuture<Optional<Integer>> third = ask("");
        answers.release();

        assertThat(first.get()).contains(1);
        assertThat(question()).containsExactlyInAnyOrder("bb", "");
        answers.release();
        assertThat(second.get()).contains(2);
        assertThat(third.get()).isEmpty();
    }

    @Test
    void a_key_is_in_a_query_once_however_many_callers_ask_for_it() throws Exception {
        ask("a");
        question();
        List<CompletableFuture<Optional<Integer>>> same = List.of(ask("bb"), ask("bb"));
        answers.release(2);

        assertThat(question()).containsExactly("bb");
        for (CompletableFuture<Optional<Integer>> each : same) {
            assertThat(each.get()).contains(2);
        }
    }

    @Test
    void a_key_of_a_running_query_is_in_the_next_query_too() throws Exception {
        ask("a");
        question();
        CompletableFuture<Optional<Integer>> later = ask("a");
        answers.release(2);

        assertThat(question()).as("its value may have changed").containsExactly("a");
        assertThat(later.get()).contains(1);
    }

    @Test
    void a_query_has_at_most_the_configured_number_of_keys() throws Exception {
        ask("first");
        question();
        List<CompletableFuture<Optional<Integer>>> asked = new ArrayList<>();
        for (String word : List.of("a", "b", "c", "d")) {
            asked.add(ask(word));
        }
        answers.release(3);

        assertThat(question()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(question()).containsExactly("d");
        for (CompletableFuture<Optional<Integer>> each : asked) {
            assertThat(each.get()).contains(1);
        }
    }

    @Test
    void a_failed_query_fails_all_its_callers_and_the_next_query_is_made() throws Exception {
        fails = true;
        CompletableFuture<Optional<Integer>> first = ask("a");
        question();
        answers.release();
        assertThatThrownBy(first::get).isInstanceOf(ExecutionException.class).hasMessageContaining("away");

        fails = false;
        answers.release();
        assertThat(ask("a").get()).contains(1);
    }

    @Test
    void an_interrupted_caller_does_not_affect_the_others() throws Exception {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> lookup.get("a")).isInstanceOf(InterruptedException.class);
        question();
        CompletableFuture<Optional<Integer>> patient = ask("bb");
        answers.release(2);

        assertThat(patient.get()).contains(2);
    }
}
