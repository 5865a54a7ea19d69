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

/** {@code docs/configuration.md} says of every setting but the gateway's what it is without being set. */
class ConfigurationDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");
    private static final Pattern ROW = Pattern.compile("\\| `(parley\\.[a-z.-]+)` \\| (?:`(.*?)`|[^|]*) \\| .*");
    /** Has a document of its own, and a test of it. */
    private static final String GATEWAY = "dev.parley.gateway";
    /** Has documents of its own, and a test of them. */
    private static final String PROVIDERS = "dev.parley.providers";
    /** Of those, of standalone, and of development. */
    private static final List<String> OTHERS = List.of("parley.providers.", "parley.dev.", "parley.data-dir");

    @Test
    void every_setting_is_there_with_its_default_and_no_other() throws IOException {
        var documented = new TreeMap<String, String>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            if (line.equals("## Standalone")) {
                break; // its other defaults are settings of standalone.yaml
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
