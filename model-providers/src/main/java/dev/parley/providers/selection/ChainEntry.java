package dev.parley.providers.selection;

import dev.parley.providers.category.Category;
import dev.parley.service.startup.SettingException;
import dev.parley.service.startup.SettingProblem;
import dev.parley.service.startup.ShownValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One provider in the setting of a chain: {@code openai}, or {@code openai:gpt-6} for another than its default model. */
record ChainEntry(String provider, Optional<String> model) {

    static final int MAX_ENTRIES = 8;

    /** @throws SettingException if an entry cannot be read; the message does not repeat a key that was set by mistake */
    static List<ChainEntry> read(Category category, List<String> texts) {
        if (texts.size() > MAX_ENTRIES) {
            throw unusable(category, "has " + texts.size() + " providers", "At most " + MAX_ENTRIES + " are possible.");
        }
        List<ChainEntry> entries = new ArrayList<>();
        for (String text : texts) {
            entries.add(read(text)
                    .orElseThrow(() -> unusable(
                            category,
                            "has " + ShownValue.of(text) + " as number " + (entries.size() + 1)
                                    + ", which cannot be read",
                            "Each is a provider, or a provider, a colon and a model: groq,openai:gpt-6.")));
        }
        if (new HashSet<>(entries).size() < entries.size()) {
            throw unusable(category, "names one of its providers twice", "Leave one of the two out.");
        }
        return List.copyOf(entries);
    }

    static String setting(Category category) {
        return "parley.providers.chains." + category.wireName();
    }

    static SettingException unusable(Category category, String found, String remedy) {
        return new SettingException(new SettingProblem(
                "PARLEY_PROVIDERS_CHAINS_" + category.name() + " (" + setting(category) + ")", found, remedy));
    }

    private static Optional<ChainEntry> read(String text) {
        int colon = text.indexOf(':');
        String provider = (colon < 0 ? text : text.substring(0, colon)).strip().toLowerCase(Locale.ROOT);
        Optional<String> model = colon < 0 ? Optional.empty() : ModelName.of(text.substring(colon + 1));
        boolean readable = !provider.isEmpty() && (colon < 0 || model.isPresent());
        return readable ? Optional.of(new ChainEntry(provider, model)) : Optional.empty();
    }
}
