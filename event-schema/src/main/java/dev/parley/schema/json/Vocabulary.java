package dev.parley.schema.json;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The types of one sealed family by their names on the wire. A record's name is its class name in snake case, unless
 * {@link JsonTypeName} gives another. The family's {@code permits} is the only list: there is nothing to register.
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

    /** The wire name of a record type, whatever its family. */
    public static String nameOf(Class<?> type) {
        JsonTypeName given = type.getAnnotation(JsonTypeName.class);
        return given != null
                ? given.value()
                : String.join("_", WORD_START.split(type.getSimpleName())).toLowerCase(java.util.Locale.ROOT);
    }

    /** All names, in the order of the declarations. */
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
            @SuppressWarnings("unchecked") // a permitted subclass of a family is of the family
            Class<? extends T> ofFamily = (Class<? extends T>) leaf;
            add(ofFamily);
        }
    }
}
