package dev.parley.standalone.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Compares the defaults in {@code docs/configuration.md} with the settings records. The gateway and the providers have documents and
 * tests of their own.
 */
class ConfigurationDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");
    private static final Pattern ROW = Pattern.compile("\\| `(parley\\.[a-z.-]+)` \\| (?:`(.*?)`|[^|]*) \\| .*");
    /** Documented and tested in the gateway. */
    private static final String GATEWAY = "dev.parley.gateway";
    /** Documented and tested in model-providers. */
    private static final String PROVIDERS = "dev.parley.providers";
    /** Settings of the providers, of development and of standalone. */
    private static final List<String> OTHERS = List.of("parley.providers.", "parley.dev.", "parley.data-dir");

    @Test
    void the_document_lists_exactly_the_settings_with_their_defaults() throws IOException {
        var documented = new TreeMap<String, String>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            if (line.equals("## Standalone")) {
                break; // its defaults come from standalone.yaml
            }
            var row = ROW.matcher(line);
            if (row.matches() && OTHERS.stream().noneMatch(row.group(1)::startsWith)) {
                assertThat(documented.put(row.group(1), row.group(2) == null ? "" : row.group(2)))
                        .as("a second row of " + row.group(1))
                        .isNull();
            }
        }
        assertThat(documented)
                .containsExactlyInAnyOrderEntriesOf(Setting.all()
                        .filter(setting -> !setting.owner().getPackageName().startsWith(GATEWAY))
                        .filter(setting -> !setting.owner().getPackageName().startsWith(PROVIDERS))
                        .filter(setting -> !setting.property().equals("parley.data-dir"))
                        .collect(Collectors.toMap(Setting::property, Setting::byDefault)));
    }
}
