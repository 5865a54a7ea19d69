package dev.parley.prompt.emotion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The words of one language that express feelings or change their strength. Words and phrases are in lower case; the words of a phrase are
 * separated by a blank.
 *
 * @param common frequent words, by which the language is recognised
 * @param entries the feelings of words and phrases
 */
record Lexicon(
        Set<String> negators,
        Set<String> boosters,
        Set<String> dampeners,
        Set<String> contrasts,
        Set<String> common,
        Map<String, Entry> entries) {
    /** The longest phrase, in words. */
    static final int MAX_WORDS = 4;

    /** If two languages match equally well, the first one here is used. */
    private static final List<String> LANGUAGES = List.of("en", "de", "es", "fr", "pt");

    /** @param strength 1 to 4, like VADER's mean ratings */
    record Entry(Feeling feeling, double strength) {}

    static List<Lexicon> all() {
        return LANGUAGES.stream().map(Lexicon::load).toList();
    }

    /** Emoji and emoticons, for all languages. */
    static Lexicon symbols() {
        return load("symbols");
    }

    private static Lexicon load(String name) {
        try (InputStream file = Objects.requireNonNull(
                Lexicon.class.getResourceAsStream("/dev/parley/prompt/emotion/" + name + ".txt"))) {
            return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each line has one list, such as {@code negators not no} or {@code joy 3 happy over_the_moon}. */
    static Lexicon parse(String text) {
        Lexicon lexicon = new Lexicon(
                new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashMap<>());
        text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(lexicon::add);
        return lexicon;
    }

    private void add(String line) {
        List<String> fields = List.of(line.strip().split("\\s+"));
        List<String> words =
                fields.stream().skip(1).map(word -> word.replace('_', ' ')).toList();
        switch (fields.getFirst()) {
            case "negators" -> negators.addAll(words);
            case "boosters" -> boosters.addAll(words);
            case "dampeners" -> dampeners.addAll(words);
            case "contrasts" -> contrasts.addAll(words);
            case "common" -> common.addAll(words);
            case String feeling -> {
                Entry entry = new Entry(
                        Feeling.valueOf(feeling.toUpperCase(Locale.ROOT)), Double.parseDouble(words.getFirst()));
                words.stream().skip(1).forEach(word -> entries.put(word, entry));
            }
        }
    }

    Optional<Entry> find(String phrase) {
        return Optional.ofNullable(entries.get(phrase));
    }

    boolean knows(String word) {
        return common.contains(word)
                || entries.containsKey(word)
                || negators.contains(word)
                || boosters.contains(word)
                || dampeners.contains(word)
                || contrasts.contains(word);
    }
}
