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
 * Looks keys up in batches: keys that are asked for during a query go into the next query, so that the store is not asked once for each of
 * a thousand streams that begin together. Thread-safe.
 */
final class BatchedLookup<K, V> {
    private final int maxKeys;
    private final Function<Set<K>, Map<K, V>> query;
    private final Map<K, CompletableFuture<Optional<V>>> waiting = new LinkedHashMap<>(); // guarded by this
    private boolean querying; // guarded by this

    /**
     * @param maxKeys of one query
     * @param query returns what it finds; a key without a value was not found. It may block, and may throw
     */
    BatchedLookup(int maxKeys, Function<Set<K>, Map<K, V>> query) {
        this.maxKeys = maxKeys;
        this.query = query;
    }

    /**
     * Blocks until the value is known. It is read by a query that begins after the call.
     *
     * @throws RuntimeException if the query failed
     */
    Optional<V> get(K key) throws InterruptedException {
        try {
            return ask(key).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
        }
    }

    /** The value, as soon as it is known. When this returns, the key is in the next query. */
    synchronized CompletableFuture<Optional<V>> ask(K key) {
        CompletableFuture<Optional<V>> found = waiting.computeIfAbsent(key, _ -> new CompletableFuture<>());
        if (!querying) {
            querying = true;
            Thread.ofVirtual().name("store-lookup").start(this::queryAll);
        }
        return found;
    }

    /** On a thread of its own: a caller may be interrupted, and the others must get their answers all the same. */
    private void queryAll() {
        for (var next = take(); !next.isEmpty(); next = take()) {
            query(next);
        }
    }

    private synchronized Map<K, CompletableFuture<Optional<V>>> take() {
        Map<K, CompletableFuture<Optional<V>>> taken = new LinkedHashMap<>();
        Iterator<Map.Entry<K, CompletableFuture<Optional<V>>>> oldest =
                waiting.entrySet().iterator();
        while (oldest.hasNext() && taken.size() < maxKeys) {
            Map.Entry<K, CompletableFuture<Optional<V>>> each = oldest.next();
            taken.put(each.getKey(), each.getValue());
            oldest.remove();
        }
        querying = !taken.isEmpty();
        return taken;
    }

    private void query(Map<K, CompletableFuture<Optional<V>>> asked) {
        try {
            Map<K, V> found = query.apply(new HashSet<>(asked.keySet()));
            asked.forEach((key, answer) -> answer.complete(Optional.ofNullable(found.get(key))));
        } catch (RuntimeException e) {
            asked.values().forEach(answer -> answer.completeExceptionally(e));
        }
    }
}
