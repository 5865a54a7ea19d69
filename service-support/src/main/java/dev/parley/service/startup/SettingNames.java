package dev.parley.service.startup;

import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;

/**
 * The names of all settings that records bind.
 *
 * @param exact such as {@code parley.engine.lease}
 * @param open prefixes, ending in a dot, under which any name is allowed
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

    /** The name in {@link Name}, else the component's name in lower case with dashes. */
    static String dashed(RecordComponent component) {
        try {
            Name given = component
                    .getDeclaringRecord()
                    .getDeclaredField(component.getName())
                    .getAnnotation(Name.class);
            return given == null ? DataObjectPropertyName.toDashedForm(component.getName()) : given.value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("A record has a field for each component: " + component, e);
        }
    }

    /** As {@link #dashed(RecordComponent)}, for the component with this name. */
    static String dashed(Class<?> type, String component) {
        for (RecordComponent each : type.getRecordComponents()) {
            if (each.getName().equals(component)) {
                return dashed(each);
            }
        }
        throw new IllegalArgumentException(type + " has no component " + component);
    }

    /** {@code PARLEY_ENGINE_LEASE} */
    static String variable(String property) {
        return property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** As an environment variable and as a property. */
    static String both(String property) {
        return property.startsWith(Groups.ROOT + ".") ? variable(property) + " (" + property + ")" : property;
    }
}
