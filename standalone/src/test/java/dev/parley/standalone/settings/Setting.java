package dev.parley.standalone.settings;

import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/**
 * One setting of Parley.
 *
 * @param property its name, such as {@code parley.gateway.max-frame-bytes}
 * @param byDefault the value of {@link DefaultValue}; empty if there is none
 * @param owner the settings record
 */
public record Setting(String property, String byDefault, Class<?> owner) {

    /** All components of all settings records on the class path. A setting that two records read is in it twice. */
    public static Stream<Setting> all() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false) {
            @Override
            protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
                return true;
            }
        };
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        return scanner.findCandidateComponents("dev.parley").stream()
                .map(found -> ClassUtils.resolveClassName(String.valueOf(found.getBeanClassName()), null))
                .flatMap(type ->
                        of(type.getAnnotation(ConfigurationProperties.class).value(), type));
    }

    /** As an environment variable: {@code PARLEY_GATEWAY_MAX_FRAME_BYTES}. */
    public String variable() {
        return property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private static Stream<Setting> of(String prefix, Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).flatMap(component -> {
            String name = prefix + "." + name(type, component);
            return component.getType().isRecord()
                    ? of(name, component.getType())
                    : Stream.of(new Setting(name, byDefault(type, component), type));
        });
    }

    private static String name(Class<?> type, RecordComponent component) {
        return annotation(type, component, Name.class).map(Name::value).orElseGet(() -> kebab(component.getName()));
    }

    private static String byDefault(Class<?> type, RecordComponent component) {
        return annotation(type, component, DefaultValue.class)
                .map(given -> String.join(",", given.value()))
                .orElse("");
    }

    /** The annotation is on the parameter of the record's constructor. */
    private static <A extends Annotation> Optional<A> annotation(
            Class<?> type, RecordComponent component, Class<A> annotation) {
        return Arrays.stream(type.getDeclaredConstructors())
                .flatMap(constructor -> Arrays.stream(constructor.getParameters()))
                .filter(parameter -> parameter.getName().equals(component.getName()))
                .flatMap(parameter -> Stream.ofNullable(parameter.getAnnotation(annotation)))
                .findFirst();
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
