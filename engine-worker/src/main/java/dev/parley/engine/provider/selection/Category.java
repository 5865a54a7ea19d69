package dev.parley.engine.provider.selection;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What kind of question a message is. */
enum Category {
    CODING,
    MATH,
    REASONING,
    RESEARCH,
    EMPATHY,
    GENERAL;

    /** The category of that name, {@link #GENERAL} if there is none. */
    static Category named(@Nullable String name) {
        return Arrays.stream(values())
                .filter(category -> category.wireName().equals(name))
                .findFirst()
                .orElse(GENERAL);
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
