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
    private static final int MAX_KEYS = 3;

    private final BlockingQueue<Set<String>> queries = new LinkedBlockingQueue<>();
    private final Semaphore answers = new Semaphore(0);
    private volatile boolean fails;
    private final BatchedLookup<String, Integer> lookup = new BatchedLookup<>(MAX_KEYS, this::lengths);

    /** Knows the length of all words but the empty one. */
    private Map<String, Integer> lengths(Set<String> words) {
        queries.add(words);
        answers.acquireUninterruptibly();
        if (fails) {
            throw new IllegalArgumentException("unreachable");
        }
        Map<String, Integer> known = new HashMap<>();
        words.stream().filter(word -> !word.isEmpty()).forEach(word -> known.put(word, word.length()));
        return known;
    }

    private CompletableFuture<Optional<Integer>> request(String word) {
        return lookup.request(word);
    }

    private Set<String> nextQuery() throws InterruptedException {
        Set<String> keys = queries.poll(10, TimeUnit.SECONDS);
        assertThat(keys).as("a query").isNotNull();
        return keys;
    }

    @Test
    void keys_that_are_requested_during_a_query_are_in_the_next_one() throws Exception {
        CompletableFuture<Optional<Integer>> first = request("a");
        assertThat(nextQuery()).containsExactly("a");
        CompletableFuture<Optional<Integer>> second = request("bb");
        CompletableFuture<Optional<Integer>> third = request("");
        answers.release();

        assertThat(first.get()).contains(1);
        assertThat(nextQuery()).containsExactlyInAnyOrder("bb", "");
        answers.release();
        assertThat(second.get()).contains(2);
        assertThat(third.get()).isEmpty();
    }

    @Test
    void a_key_is_once_in_a_query_however_often_it_is_requested() throws Exception {
        request("a");
        nextQuery();
        List<CompletableFuture<Optional<Integer>>> same = List.of(request("bb"), request("bb"));
        answers.release(2);

        assertThat(nextQuery()).containsExactly("bb");
        for (CompletableFuture<Optional<Integer>> each : same) {
            assertThat(each.get()).contains(2);
        }
    }

    @Test
    void a_key_that_is_requested_during_its_query_is_queried_again() throws Exception {
        request("a");
        nextQuery();
        CompletableFuture<Optional<Integer>> later = request("a");
        answers.release(2);

        assertThat(nextQuery()).as("its value may have changed").containsExactly("a");
        assertThat(later.get()).contains(1);
    }

    @Test
    void a_query_has_no_more_keys_than_the_bound() throws Exception {
        request("first");
        nextQuery();
        List<CompletableFuture<Optional<Integer>>> requested = new ArrayList<>();
        for (String word : List.of("a", "b", "c", "d")) {
            requested.add(request(word));
        }
        answers.release(3);

        assertThat(nextQuery()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(nextQuery()).containsExactly("d");
        for (CompletableFuture<Optional<Integer>> each : requested) {
            assertThat(each.get()).contains(1);
        }
    }

    @Test
    void a_query_that_fails_fails_for_all_its_keys_and_the_next_one_is_made() throws Exception {
        fails = true;
        CompletableFuture<Optional<Integer>> first = request("a");
        nextQuery();
        answers.release();
        assertThatThrownBy(first::get).isInstanceOf(ExecutionException.class).hasMessageContaining("unreachable");

        fails = false;
        answers.release();
        assertThat(request("a").get()).contains(1);
    }

    @Test
    void an_interrupted_caller_does_not_fail_the_others() throws Exception {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> lookup.get("a")).isInstanceOf(InterruptedException.class);
        nextQuery();
        CompletableFuture<Optional<Integer>> patient = request("bb");
        answers.release(2);

        assertThat(patient.get()).contains(2);
    }
}
