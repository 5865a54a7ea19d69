package dev.parley.schema.startup;

import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * The names of all settings that records bind.
 *
 * @param exact such as {@code parley.engine.lease}
 * @param open prefixes under which any name may stand, with a dot at the end
 */
record SettingNames(Set<String> exact, Set<String> open) {

    static SettingNames none() {
        return new SettingNames(new TreeSet<>(), new TreeSet<>());
    }

    /** Adds what a record binds, and what the records in it bind. */
    void add(String prefix, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + dashed(component);
            if (component.getType().isRecord()) {
                add(name, component.getType());
            } else if (Map.class.isAssignableFrom(component.getType())) {
                open.add(name + ".");
            } else {
                exact.add(name);
            }
        }
    }

    static String dashed(RecordComponent component) {
        return dashed(component.getName());
    }

    static String dashed(String component) {
        return DataObjectPropertyName.toDashedForm(component);
    }

    /** {@code PARLEY_ENGINE_LEASE} */
    static String variable(String property) {
        return property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** As the environment has it and as files have it. */
    static String both(String property) {
        return property.startsWith(Groups.ROOT + ".") ? variable(property) + " (" + property + ")" : property;
    }
}
