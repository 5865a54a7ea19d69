package dev.parley.service.startup;

import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Gives settings the values that are set under their former names ({@link FormerName}). */
final class FormerNames {

    private static final String SOURCE = "former names of settings";

    /** Former names by the present ones. */
    private final Map<String, String> byName = new TreeMap<>();

    /** Adds the former names of a record, and of the records in it. */
    void add(String prefix, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + SettingNames.dashed(component);
            FormerName former = component.getAnnotation(FormerName.class);
            if (former != null) {
                byName.put(name, prefix + "." + former.value());
            }
            if (component.getType().isRecord()) {
                add(name, component.getType());
            }
        }
    }

    TreeSet<String> all() {
        return new TreeSet<>(byName.values());
    }

    /**
     * Copies values from former names to present ones. A present name that is set keeps its value.
     *
     * @param used is given each former name that is set, and its present name
     */
    void applyTo(ConfigurableEnvironment environment, BiConsumer<String, String> used) {
        Map<String, Object> values = new HashMap<>();
        Binder binder = Binder.get(environment);
        byName.forEach((name, former) -> binder.bind(former, String.class).ifBound(value -> {
            values.put(name, value);
            used.accept(former, name);
        }));
        if (!values.isEmpty()) {
            environment.getPropertySources().addLast(new MapPropertySource(SOURCE, values));
        }
    }
}
