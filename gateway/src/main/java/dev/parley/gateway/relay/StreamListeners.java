package dev.parley.gateway.relay;

import dev.parley.schema.id.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who is told of commands and records of a stream that need not be known yet. Not thread-safe: {@link Relay} guards it. */
final class StreamListeners {

    private final Map<StreamId, List<Runnable>> byStream = new HashMap<>();

    void add(StreamId stream, Runnable listener) {
        byStream.computeIfAbsent(stream, _ -> new ArrayList<>(1)).add(listener);
    }

    void remove(StreamId stream, Runnable listener) {
        byStream.computeIfPresent(stream, (_, listeners) -> {
            listeners.remove(listener);
            return listeners.isEmpty() ? null : listeners;
        });
    }

    void onChange(StreamId stream) {
        List.copyOf(byStream.getOrDefault(stream, List.of())).forEach(Runnable::run);
    }
}
