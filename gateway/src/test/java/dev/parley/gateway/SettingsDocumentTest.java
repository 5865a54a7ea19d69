package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.auth.AuthSettings;
import dev.parley.gateway.settings.GatewaySettings;
import dev.parley.gateway.settings.LimitSettings;
import dev.parley.gateway.settings.OriginSettings;
import java.io.IOException;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/** {@code docs/gateway.md} lists every setting with its default. */
class SettingsDocumentTest {

    private static final Path DOCUMENT = Path.of("../docs/gateway.md");

    @Test
    void the_page_lists_every_setting_with_its_default() throws IOException {
        String document = Files.readString(DOCUMENT);
        for (Class<?> settings :
                new Class<?>[] {GatewaySettings.class, OriginSettings.class, LimitSettings.class, AuthSettings.class}) {
            check(
                    document,
                    settings.getAnnotation(ConfigurationProperties.class).value(),
                    settings);
        }
    }

    private static void check(String document, String prefix, Class<?> settings) {
        RecordComponent[] components = settings.getRecordComponents();
        Parameter[] parameters = settings.getDeclaredConstructors()[0].getParameters();
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            Name given = parameters[i].getAnnotation(Name.class);
            String name = prefix + "." + (given == null ? kebab(component.getName()) : given.value());
            if (component.getType().isRecord()) {
                check(document, name, component.getType());
                continue;
            }
            assertThat(document).contains("| `" + name + "` |");
            DefaultValue standard = parameters[i].getAnnotation(DefaultValue.class);
            if (standard != null && standard.value().length == 1) {
                assertThat(document).contains("| `" + name + "` | `" + standard.value()[0] + "` |");
            }
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
