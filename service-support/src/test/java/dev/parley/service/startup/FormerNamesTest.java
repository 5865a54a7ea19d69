package dev.parley.service.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class FormerNamesTest {

    private static final String PREFIX = "parley.engine";

    record Sample(
            @DefaultValue("1s") @FormerName("old-step") Duration newStep,
            @DefaultValue Inner inner) {}

    record Inner(@DefaultValue("4") @FormerName("old-slots") int newSlots) {}

    private final List<String> used = new ArrayList<>();

    @Test
    void a_value_under_a_former_name_is_used_and_reported() {
        assertThat(bound(Map.of("PARLEY_ENGINE_OLD_STEP", "7s"), Map.of("parley.engine.inner.old-slots", "2")))
                .isEqualTo(new Sample(Duration.ofSeconds(7), new Inner(2)));
        assertThat(used)
                .containsExactlyInAnyOrder(
                        "parley.engine.old-step > parley.engine.new-step",
                        "parley.engine.inner.old-slots > parley.engine.inner.new-slots");
    }

    @Test
    void the_present_name_takes_precedence() {
        assertThat(bound(Map.of("PARLEY_ENGINE_OLD_STEP", "7s"), Map.of("parley.engine.new-step", "8s")))
                .isEqualTo(new Sample(Duration.ofSeconds(8), new Inner(4)));
    }

    @Test
    void without_former_names_nothing_is_reported() {
        assertThat(bound(Map.of(), Map.of("parley.engine.inner.new-slots", "3")))
                .isEqualTo(new Sample(Duration.ofSeconds(1), new Inner(3)));
        assertThat(used).isEmpty();
    }

    @Test
    void a_former_name_is_not_reported_as_unknown_and_not_proposed() {
        SettingNames known = SettingNames.none();
        known.add(PREFIX, Sample.class);
        UnknownSettings unknown = new UnknownSettings(known, names().all(), Set.of(PREFIX));

        assertThat(unknown.in(environment(Map.of("PARLEY_ENGINE_OLD_STEP", "7s"), Map.of())))
                .isEmpty();
        assertThat(unknown.in(environment(Map.of("PARLEY_ENGINE_OLD_STEPS", "7s"), Map.of())))
                .singleElement()
                .asString()
                .endsWith("PARLEY_ENGINE_NEW_STEP.");
    }

    private static FormerNames names() {
        FormerNames names = new FormerNames();
        names.add(PREFIX, Sample.class);
        return names;
    }

    private Sample bound(Map<String, String> variables, Map<String, Object> properties) {
        StandardEnvironment environment = environment(variables, properties);
        names().applyTo(environment, (former, present) -> used.add(former + " > " + present));
        return Binder.get(environment).bindOrCreate(PREFIX, Sample.class);
    }

    private static StandardEnvironment environment(Map<String, String> variables, Map<String, Object> properties) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new HashMap<>(variables)));
        return environment;
    }
}
