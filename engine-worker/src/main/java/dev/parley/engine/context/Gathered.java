package dev.parley.engine.context;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * Looks keys up, many with one question: what is asked for while a question is under way goes with the next, so that the store is asked
 * as often as it can answer and not once for each of a thousand streams that begin together. Thread-safe.
 */
final class Gathered<K, V> {
    private final int mostKeys;
    private final Function<Set<K>, Map<K, V>> look;
    private final Map<K, CompletableFuture<Optional<V>>> waiting = new LinkedHashMap<>(); // guarded by this
    private boolean looking; // guarded by this

    /**
     * @param mostKeys of one question
     * @param look gives what it finds; a key without a value was not found. It may block, and fail
     */
    Gathered(int mostKeys, Function<Set<K>, Map<K, V>> look) {
        this.mostKeys = mostKeys;
        this.look = look;
    }

    /**
     * Blocks until it is known. The value is as new as the question that follows the call.
     *
     * @throws RuntimeException that of the question
     */
    Optional<V> get(K key) throws InterruptedException {
        try {
            return ask(key).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
        }
    }

    /** What will be known; the key is of the next question when this returns. */
    synchronized CompletableFuture<Optional<V>> ask(K key) {
        CompletableFuture<Optional<V>> found = waiting.computeIfAbsent(key, _ -> new CompletableFuture<>());
        if (!looking) {
            looking = true;
            Thread.ofVirtual().name("gathered").start(this::lookUntilNobodyWaits);
        }
        return found;
    }

    /** On a thread of its own: whoever asks may give up, and must not take the others' answers along. */
    private void lookUntilNobodyWaits() {
        for (var next = take(); !next.isEmpty(); next = take()) {
            lookUp(next);
        }
    }

    private synchronized Map<K, CompletableFuture<Optional<V>>> take() {
        Map<K, CompletableFuture<Optional<V>>> taken = new LinkedHashMap<>();
        Iterator<Map.Entry<K, CompletableFuture<Optional<V>>>> oldest =
                waiting.entrySet().iterator();
        while (oldest.hasNext() && taken.size() < mostKeys) {
            Map.Entry<K, CompletableFuture<Optional<V>>> each = oldest.next();
            taken.put(each.getKey(), each.getValue());
            oldest.remove();
        }
        looking = !taken.isEmpty();
        return taken;
    }

    private void lookUp(Map<K, CompletableFuture<Optional<V>>> asked) {
        try {
            Map<K, V> found = look.apply(new HashSet<>(asked.keySet()));
            asked.forEach((key, answer) -> answer.complete(Optional.ofNullable(found.get(key))));
        } catch (RuntimeException e) {
            asked.values().forEach(answer -> answer.completeExceptionally(e));
        }
    }
}
