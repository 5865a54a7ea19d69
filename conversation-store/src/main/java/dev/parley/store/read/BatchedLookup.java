package dev.parley.store.read;

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
 * Looks up keys in batches: keys that are requested during one query go into the next one. So the store gets one query after the other, and
 * not one for each of a thousand streams that begin together. Thread-safe.
 */
final class BatchedLookup<K, V> {

    private final int maxKeys;
    private final Function<Set<K>, Map<K, V>> query;
    private final Map<K, CompletableFuture<Optional<V>>> waiting = new LinkedHashMap<>(); // guarded by this
    private boolean querying; // guarded by this

    /**
     * @param maxKeys of one query
     * @param query returns what it finds, without the keys that it does not find. It may block, and fail
     */
    BatchedLookup(int maxKeys, Function<Set<K>, Map<K, V>> query) {
        this.maxKeys = maxKeys;
        this.query = query;
    }

    /**
     * Blocks until the query is done. The value is as new as a query that begins after the call.
     *
     * @throws RuntimeException with the failure of the query as its cause
     */
    Optional<V> get(K key) throws InterruptedException {
        try {
            return request(key).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
        }
    }

    /** The future value. When this returns, the key is in the next query. */
    synchronized CompletableFuture<Optional<V>> request(K key) {
        CompletableFuture<Optional<V>> found = waiting.computeIfAbsent(key, _ -> new CompletableFuture<>());
        if (!querying) {
            querying = true;
            Thread.ofVirtual().name("batched-lookup").start(this::queryUntilNoneWaits);
        }
        return found;
    }

    /** On a thread of its own: an interrupted caller must not fail the query for the others. */
    private void queryUntilNoneWaits() {
        for (var next = take(); !next.isEmpty(); next = take()) {
            lookUp(next);
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

    private void lookUp(Map<K, CompletableFuture<Optional<V>>> requested) {
        try {
            Map<K, V> found = query.apply(new HashSet<>(requested.keySet()));
            requested.forEach((key, value) -> value.complete(Optional.ofNullable(found.get(key))));
        } catch (RuntimeException e) {
            requested.values().forEach(value -> value.completeExceptionally(e));
        }
    }
}
