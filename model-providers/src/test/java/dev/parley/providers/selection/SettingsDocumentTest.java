package dev.parley.providers.selection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.providers.category.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The documents name every setting below {@code parley.providers} with its default, and no other. */
class SettingsDocumentTest {

    private static final Pattern ROW =
            Pattern.compile("\\| `(parley\\.providers\\.[a-z.<>-]+)` \\| (?:`(.*?)`|–) \\| .*");

    @ParameterizedTest
    @ValueSource(strings = {"configuration.md", "providers.md"})
    void the_documents_have_every_setting_with_its_default_and_no_other(String document) throws IOException {
        Map<String, String> documented = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("..", "docs", document))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                documented.put(row.group(1), row.group(2) == null ? "" : row.group(2));
            }
        }

        assertThat(documented.keySet()).isEqualTo(known());
        ProviderSettings byDefault = settings(Map.of());
        documented.forEach((name, value) -> {
            if (!value.isEmpty()) {
                assertThat(settings(Map.of(name, value))).as(name).isEqualTo(byDefault);
                assertThat(settings(Map.of(name, other(value)))).as(name).isNotEqualTo(byDefault);
            }
        });
    }

    /** The settings that are read from the environment; those of all services, and of all categories, count as one. */
    private static Set<String> known() {
        Set<String> asked = new TreeSet<>();
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new PropertySource<>("asked", new Object()) {
            @Override
            public @Nullable Object getProperty(String name) {
                asked.add(name);
                return null;
            }
        });
        ProviderSettings.of(environment);
        return asked.stream()
                .filter(name -> name.matches("parley\\.providers\\.[a-z.-]+"))
                .filter(name -> asked.stream().noneMatch(other -> other.startsWith(name + ".")))
                .map(SettingsDocumentTest::withoutCategory)
                .filter(name -> !isOfAService(name) && !name.equals("parley.providers.chains"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String withoutCategory(String name) {
        for (Category category : Category.values()) {
            if (name.equals(ChainEntry.setting(category))) {
                return "parley.providers.chains.<category>";
            }
        }
        return name;
    }

    private static boolean isOfAService(String name) {
        for (Service service : Service.values()) {
            if (name.startsWith("parley.providers." + service.wireName() + ".")) {
                return true;
            }
        }
        return false;
    }

    /** Another valid value of the same kind. */
    private static String other(String value) {
        Matcher number = Pattern.compile("\\d+").matcher(value);
        return number.replaceFirst(found -> String.valueOf(Long.parseLong(found.group()) + 1));
    }

    private static ProviderSettings settings(Map<String, Object> properties) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        return ProviderSettings.of(environment);
    }
}
