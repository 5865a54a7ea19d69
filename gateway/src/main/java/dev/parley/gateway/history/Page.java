package dev.parley.gateway.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Part of a list. {@code nextCursor} is absent on the last part. */
public record Page<T>(List<T> items, @Nullable String nextCursor) {

    public Page {
        items = List.copyOf(items);
    }
}
