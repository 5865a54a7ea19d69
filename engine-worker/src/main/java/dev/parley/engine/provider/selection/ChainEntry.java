package dev.parley.engine.provider.selection;

import dev.parley.engine.provider.category.Category;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One provider in the setting of a chain: {@code openai}, or {@code openai:gpt-6} for another than its usual model. */
record ChainEntry(String provider, Optional<String> model) {

    static final int MAX_ENTRIES = 8;

    /** @throws IllegalArgumentException if one cannot be read; the message repeats none, for it could be a key in the wrong place */
    static List<ChainEntry> read(Category category, List<String> texts) {
        if (texts.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException(setting(category) + ": at most " + MAX_ENTRIES);
        }
        List<ChainEntry> entries = new ArrayList<>();
        for (String text : texts) {
            entries.add(read(text)
                    .orElseThrow(() -> new IllegalArgumentException(place(category, entries.size())
                            + " is none: it is a provider, or a provider, a colon and a model")));
        }
        if (new HashSet<>(entries).size() < entries.size()) {
            throw new IllegalArgumentException(setting(category) + ": it names one twice");
        }
        return List.copyOf(entries);
    }

    static String setting(Category category) {
        return "parley.providers.chains." + category.wireName();
    }

    /** How people are told which one is meant. */
    static String place(Category category, int index) {
        return setting(category) + ": number " + (index + 1);
    }

    private static Optional<ChainEntry> read(String text) {
        int colon = text.indexOf(':');
        String provider = (colon < 0 ? text : text.substring(0, colon)).strip().toLowerCase(Locale.ROOT);
        Optional<String> model = colon < 0 ? Optional.empty() : ModelName.of(text.substring(colon + 1));
        boolean readable = !provider.isEmpty() && (colon < 0 || model.isPresent());
        return readable ? Optional.of(new ChainEntry(provider, model)) : Optional.empty();
    }
}
