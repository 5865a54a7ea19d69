package dev.parley.schema.json;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The types of one sealed family by their wire names. The wire name of a record is its class name in snake case, unless
 * {@link JsonTypeName} gives another one. The types are those that the family permits; no other registration is needed.
 */
public final class Vocabulary<T> {

    private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    private final Map<String, Class<? extends T>> byName = new LinkedHashMap<>();

    private Vocabulary(Class<T> family) {
        add(family);
    }

    /** @param family a sealed interface whose leaves are records */
    public static <T> Vocabulary<T> of(Class<T> family) {
        return new Vocabulary<>(family);
    }

    /** The wire name of a record type of any family. */
    public static String nameOf(Class<?> type) {
        JsonTypeName given = type.getAnnotation(JsonTypeName.class);
        return given != null
                ? given.value()
                : String.join("_", WORD_START.split(type.getSimpleName())).toLowerCase(java.util.Locale.ROOT);
    }

    /** All wire names, in the order of declaration. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    public Optional<Class<? extends T>> typeOf(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    private void add(Class<? extends T> type) {
        if (type.isRecord()) {
            byName.put(nameOf(type), type);
            return;
        }
        for (Class<?> leaf : type.getPermittedSubclasses()) {
            @SuppressWarnings("unchecked") // a permitted subclass of a family belongs to the family
            Class<? extends T> ofFamily = (Class<? extends T>) leaf;
            add(ofFamily);
        }
    }
}
