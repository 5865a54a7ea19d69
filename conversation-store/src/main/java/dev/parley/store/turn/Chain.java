package dev.parley.store.turn;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An immutable list. Appending takes constant time and shares the list that it appends to. */
public final class Chain<T> {

    private static final Chain<?> EMPTY = new Chain<>(null, null, 0);

    private final @Nullable Chain<T> before;
    private final @Nullable T last;
    private final int size;

    private Chain(@Nullable Chain<T> before, @Nullable T last, int size) {
        this.before = before;
        this.last = last;
        this.size = size;
    }

    @SuppressWarnings("unchecked") // an empty chain holds no element of any type
    public static <T> Chain<T> empty() {
        return (Chain<T>) EMPTY;
    }

    public Chain<T> plus(T next) {
        return new Chain<>(this, next, size + 1);
    }

    public int size() {
        return size;
    }

    public List<T> toList() {
        Object[] elements = new Object[size];
        for (Chain<T> link = this; link.before != null; link = link.before) {
            elements[link.size - 1] = Objects.requireNonNull(link.last);
        }
        @SuppressWarnings("unchecked") // filled from links of T alone
        List<T> list = (List<T>) Arrays.asList(elements);
        return list;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Chain<?> chain && size == chain.size && toList().equals(chain.toList()));
    }

    @Override
    public int hashCode() {
        return toList().hashCode();
    }

    @Override
    public String toString() {
        return toList().toString();
    }
}
