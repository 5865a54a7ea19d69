package dev.parley.service.startup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyNameException;
import org.springframework.core.env.Environment;

/** Collects the settings that cannot be used, so that all are reported together. Each setting is reported once. */
public final class Problems {

    private final List<SettingProblem> found = new ArrayList<>();
    private final Environment environment;

    public Problems(Environment environment) {
        this.environment = environment;
    }

    public void add(SettingProblem problem) {
        if (found.stream().noneMatch(other -> other.setting().equals(problem.setting()))) {
            found.add(problem);
        }
    }

    /**
     * @param property such as {@code parley.engine.lease}; its value is shown as it was configured
     * @param value the value that the property was parsed to; shown if the property is not configured
     */
    public void add(String property, Object value, String remedy) {
        add(SettingProblem.of(SettingNames.both(property), given(property).orElse(value), remedy));
    }

    /** Requires that one time is not longer than another. A default is never reported; in that case the shorter time applies. */
    public void atMost(String property, Duration value, String otherProperty, Duration bound) {
        if (value.compareTo(bound) > 0 && isSet(property)) {
            add(
                    property,
                    text(value),
                    "It must be at most " + otherProperty + ", which is "
                            + given(otherProperty).orElse(text(bound)) + ".");
        }
    }

    /** Requires that one number is not higher than another. A default is never reported. */
    public void atMost(String property, long value, String otherProperty, long bound) {
        if (value > bound && isSet(property)) {
            add(property, value, "It must be at most " + otherProperty + ", which is " + bound + ".");
        }
    }

    /** Where the settings come from. */
    public Environment environment() {
        return environment;
    }

    private boolean isSet(String property) {
        return given(property).isPresent();
    }

    /** The configured text, such as {@code 0s} where the value is 0 ms. Lists and groups have none. */
    private Optional<Object> given(String property) {
        try {
            return Optional.ofNullable(Binder.get(environment)
                    .bind(property, String.class)
                    .map(Object.class::cast)
                    .orElse(null));
        } catch (BindException | InvalidConfigurationPropertyNameException e) {
            return Optional.empty();
        }
    }

    /** Runs {@code attempt}, and adds the problems that it throws. */
    public void attempt(Runnable attempt) {
        try {
            attempt.run();
        } catch (SettingException e) {
            e.problems().forEach(this::add);
        }
    }

    /** Returns the result of {@code attempt}. If it throws problems, adds them and returns {@code otherwise}. */
    public <T> T attempt(Supplier<T> attempt, T otherwise) {
        try {
            return attempt.get();
        } catch (SettingException e) {
            e.problems().forEach(this::add);
            return otherwise;
        }
    }

    public List<SettingProblem> all() {
        return List.copyOf(found);
    }

    /** @throws SettingException if there are any problems */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new SettingException(found);
        }
    }

    static String text(Duration time) {
        if (time.toNanosPart() % 1_000_000 != 0) {
            return time.toString();
        }
        long millis = time.toMillis();
        if (millis % 1_000 != 0 || millis == 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        return seconds % 3_600 == 0 ? seconds / 3_600 + "h" : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
