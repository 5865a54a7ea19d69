package dev.parley.service.startup;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.ValidatorFactory;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.HibernateValidatorConfiguration;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * Binds records of settings and collects their problems: values that cannot be parsed, values that violate a Jakarta Validation annotation,
 * and violations that the records themselves report ({@link CheckedSettings}).
 */
final class SettingsBinder implements AutoCloseable {

    private final Environment environment;
    private final Problems problems;
    private final ValidatorFactory validators;
    private final Validator validator;

    SettingsBinder(Environment environment, Problems problems) {
        this.environment = environment;
        this.problems = problems;
        HibernateValidatorConfiguration configuration = Validation.byProvider(HibernateValidator.class)
                .configure()
                .messageInterpolator(new ParameterMessageInterpolator());
        this.validators =
                configuration.addMapping(DataSizeBounds.mapping(configuration)).buildValidatorFactory();
        this.validator = validators.getValidator();
    }

    @Override
    public void close() {
        validators.close();
    }

    void check(String prefix, Class<?> type) {
        int before = problems.all().size();
        Object bound = bind(prefix, type);
        if (bound != null) {
            validate(prefix, bound);
            if (problems.all().size() == before) {
                checkRelations(bound);
            }
        }
    }

    private @Nullable Object bind(String prefix, Class<?> type) {
        try {
            return Binder.get(environment).bindOrCreate(prefix, Bindable.of(type), new Collecting());
        } catch (BindException e) {
            addUnreadable(prefix, e);
            return null;
        }
    }

    /** Adds the exception that a record's constructor threw. */
    private void addUnreadable(String prefix, Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && !(root instanceof SettingException)) {
            root = root.getCause();
        }
        if (root instanceof SettingException known) {
            known.problems().forEach(problems::add);
        } else {
            problems.add(new SettingProblem(prefix, "cannot be used", String.valueOf(root.getMessage())));
        }
    }

    private void validate(String prefix, Object settings) {
        for (ConstraintViolation<Object> violation : validator.validate(settings)) {
            String component = violation.getPropertyPath().toString();
            String property = prefix + "." + SettingNames.dashed(settings.getClass(), component);
            Object value = violation.getInvalidValue();
            problems.add(property, shown(value), "It must be " + allowed(settings.getClass(), component) + ".");
        }
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            if (component.getType().isRecord()) {
                valueOf(component, settings)
                        .ifPresent(nested -> validate(prefix + "." + SettingNames.dashed(component), nested));
            }
        }
    }

    private static Object shown(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Duration time -> Problems.text(time);
            case DataSize size -> size.toBytes();
            default -> value;
        };
    }

    private void checkRelations(Object settings) {
        if (settings instanceof CheckedSettings checked) {
            checked.check(problems);
        }
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            if (component.getType().isRecord()) {
                valueOf(component, settings).ifPresent(this::checkRelations);
            }
        }
    }

    private static Optional<Object> valueOf(RecordComponent component, Object settings) {
        try {
            return Optional.ofNullable(component.getAccessor().invoke(settings));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("A record of settings and its accessors are public: " + component, e);
        }
    }

    /** All bounds of a component, not only the one that was violated. */
    private String allowed(Class<?> type, String component) {
        return Objects.requireNonNull(validator.getConstraintsForClass(type).getConstraintsForProperty(component))
                .getConstraintDescriptors()
                .stream()
                .map(constraint ->
                        text(constraint.getAnnotation().annotationType().getSimpleName(), constraint.getAttributes()))
                .sorted()
                .collect(Collectors.joining(" and "));
    }

    private static String text(String constraint, Map<String, Object> attributes) {
        return switch (constraint) {
            case "Min" -> "at least " + attributes.get("value");
            case "Max" -> "at most " + attributes.get("value");
            case "DurationMin" -> "at least " + Problems.text(duration(attributes));
            case "DurationMax" -> "at most " + Problems.text(duration(attributes));
            case "NotBlank" -> "a text that is not empty";
            case "Pattern" -> "of the form " + attributes.get("regexp");
            default -> String.valueOf(attributes.get("message"));
        };
    }

    private static Duration duration(Map<String, Object> attributes) {
        return Duration.ofDays((long) Objects.requireNonNull(attributes.get("days")))
                .plusHours((long) Objects.requireNonNull(attributes.get("hours")))
                .plusMinutes((long) Objects.requireNonNull(attributes.get("minutes")))
                .plusSeconds((long) Objects.requireNonNull(attributes.get("seconds")))
                .plusMillis((long) Objects.requireNonNull(attributes.get("millis")))
                .plusNanos((long) Objects.requireNonNull(attributes.get("nanos")));
    }

    /** Uses the default where a value cannot be parsed, so that the other values are checked, too. */
    private final class Collecting implements BindHandler {

        @Override
        public @Nullable Object onFailure(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error)
                throws Exception {
            ConfigurationProperty given = context.getConfigurationProperty();
            if (given == null || !given.getName().equals(name)) {
                throw error;
            }
            problems.add(name.toString(), given.getValue() == null ? "" : given.getValue(), remedy(target));
            return null;
        }

        private static String remedy(Bindable<?> target) {
            Class<?> type = target.getType().resolve(Object.class);
            if (type.isEnum()) {
                return "It must be one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(each -> String.valueOf(each)
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-'))
                                .collect(Collectors.joining(", "))
                        + ".";
            }
            return switch (type.getSimpleName()) {
                case "DataSize" -> "It must be a number of bytes, or a size with its unit, such as 512KB or 64MB.";
                case "Duration" -> "It must be a time with its unit, such as 300ms, 5s or 10m.";
                case "int", "Integer", "long", "Long", "short", "Short" ->
                    "It must be a whole number, up to " + largest(type) + ".";
                case "Map" -> "It is a group of settings: add the name of a setting after it.";
                case "boolean", "Boolean" -> "It must be true or false.";
                default -> "It must be a " + type.getSimpleName() + ".";
            };
        }

        private static long largest(Class<?> type) {
            return switch (type.getSimpleName()) {
                case "short", "Short" -> Short.MAX_VALUE;
                case "int", "Integer" -> Integer.MAX_VALUE;
                default -> Long.MAX_VALUE;
            };
        }
    }
}
