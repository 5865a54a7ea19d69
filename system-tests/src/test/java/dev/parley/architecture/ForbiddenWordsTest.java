package dev.parley.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.architecture.SourceNames.Kind;
import dev.parley.architecture.SourceNames.Name;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Names and messages use the words of {@code docs/glossary.md}. Checks, word by word, all names that main and test code declare, and the string
 * literals that contain log messages, errors, and names of metrics and settings: all of main code, and in test code those that begin with
 * {@code parley}.
 */
class ForbiddenWordsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Glossary GLOSSARY = Glossary.read(ROOT);
    private static final List<Name> NAMES = SourceNames.read(ROOT);
    private static final Pattern WORD = Pattern.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+");

    /** Names and literals that may contain such a word, with the reason. */
    private static final Map<String, String> ALLOWED = Map.of(
            "post", "sends a request with HTTP's method POST",
            "postProcessBeforeInitialization", "Spring's BeanPostProcessor",
            "postProcessBeanFactory", "Spring's BeanFactoryPostProcessor",
            "postVisitDirectory", "java.nio.file.FileVisitor",
            "reserve-step", "former name of parley.engine.standby-step",
            "reserve-slots", "former name of parley.engine.standby-slots",
            "deputy-step", "former name of parley.engine.acting-owner-step");

    @Test
    void names_and_messages_use_the_words_of_the_glossary() {
        List<String> hits = NAMES.stream()
                .filter(name -> !ALLOWED.containsKey(name.text()))
                .flatMap(name -> hit(name).stream())
                .toList();

        assertThat(hits)
                .as("%s lists words that are not used: use the word beside it", Glossary.PATH)
                .isEmpty();
    }

    @Test
    void every_exception_is_needed() {
        TreeSet<String> unused = new TreeSet<>(ALLOWED.keySet());
        NAMES.forEach(name -> unused.remove(name.text()));

        assertThat(unused)
                .as("allowed in this test, but in no source any more: remove it")
                .isEmpty();
    }

    @Test
    void classes_that_the_glossary_names_exist() {
        TreeSet<String> missing = new TreeSet<>(GLOSSARY.types());
        NAMES.stream().filter(name -> name.kind() == Kind.TYPE).forEach(name -> missing.remove(name.text()));

        assertThat(missing)
                .as("types named in %s: correct the name there", Glossary.PATH)
                .isEmpty();
    }

    @Test
    void tests_that_documents_name_exist() {
        TreeSet<String> missing = new TreeSet<>(Glossary.testsNamedInDocuments(ROOT));
        NAMES.stream().filter(name -> name.kind() == Kind.TYPE).forEach(name -> missing.remove(name.text()));

        assertThat(missing)
                .as("tests named in documents: correct the name there")
                .isEmpty();
    }

    private static Optional<String> hit(Name name) {
        if (name.kind() == Kind.TYPE && GLOSSARY.typeNames().containsKey(name.text())) {
            return Optional.of(message(name, name.text(), GLOSSARY.typeNames().get(name.text())));
        }
        if (name.kind() == Kind.LITERAL && !name.isOfMain() && !name.text().startsWith("parley")) {
            return Optional.empty();
        }
        return words(name.text())
                .flatMap(word -> forbidden(word).stream())
                .findFirst()
                .map(word -> message(
                        name, word, Objects.requireNonNull(GLOSSARY.words().get(word))));
    }

    private static String message(Name name, String forbidden, String instead) {
        String kind = name.kind().name().toLowerCase(Locale.ROOT);
        return "%s:%d: %s \"%s\": instead of \"%s\" write: %s"
                .formatted(name.file(), name.line(), kind, name.text(), forbidden, instead);
    }

    private static Stream<String> words(String text) {
        return WORD.matcher(text).results().map(MatchResult::group);
    }

    private static Optional<String> forbidden(String word) {
        if (word.equals("POST")) {
            return Optional.empty(); // the HTTP method
        }
        return forms(word.toLowerCase(Locale.ROOT))
                .filter(GLOSSARY.words()::containsKey)
                .findFirst();
    }

    /** The word, and the words of which it may be a plural or past form. */
    private static Stream<String> forms(String word) {
        return Stream.of(
                        Stream.of(word),
                        withoutEnding(word, "s", ""),
                        withoutEnding(word, "ies", "y"),
                        withoutEnding(word, "ed", ""),
                        withoutEnding(word, "ed", "e"),
                        withoutEnding(word, "ied", "y"))
                .flatMap(form -> form);
    }

    private static Stream<String> withoutEnding(String word, String ending, String replacement) {
        return word.endsWith(ending)
                ? Stream.of(word.substring(0, word.length() - ending.length()) + replacement)
                : Stream.empty();
    }
}
