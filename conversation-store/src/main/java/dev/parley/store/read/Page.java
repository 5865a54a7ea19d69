package dev.parley.store.read;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a list. {@code nextCursor} is absent on the last part. */
public record Page<T>(List<T> items, @Nullable String nextCursor) {

    public Page {
        items = List.copyOf(items);
    }

    /** The only part of an empty list. */
    public static <T> Page<T> empty() {
        return new Page<>(List.of(), null);
    }
}
