package dev.parley.providers.category;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kind of question that a message asks. If two match equally well, the first one here is chosen. */
public enum Category {
    CODING,
    MATH,
    EMPATHY,
    RESEARCH,
    REASONING,
    GENERAL;

    /** The category of that name. */
    public static Optional<Category> named(@Nullable String name) {
        return Arrays.stream(values())
                .filter(category -> category.wireName().equals(name))
                .findFirst();
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
