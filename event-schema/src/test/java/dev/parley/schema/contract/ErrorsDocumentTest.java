package dev.parley.schema.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ErrorsDocumentTest {

    private static final ProjectFile DOCUMENT = ProjectFile.at("../docs/errors.md");
    private static final Pattern ROW =
            Pattern.compile("^\\| `([A-Z_]+)` \\| (\\d{3}) \\| (.+) \\| (yes|no) \\| (.+) \\|$", Pattern.MULTILINE);

    @Test
    void every_error_code_has_one_row_that_says_whether_a_retry_helps() {
        Map<String, String> documented = new LinkedHashMap<>();
        for (MatchResult row : ROW.matcher(DOCUMENT.read()).results().toList()) {
            assertThat(documented.put(row.group(1), row.group(4)))
                    .as("docs/errors.md has two rows for %s", row.group(1))
                    .isNull();
        }
        Map<String, String> wanted = new LinkedHashMap<>();
        Stream.of(ErrorCode.values()).forEach(code -> wanted.put(code.name(), code.retryable() ? "yes" : "no"));

        assertThat(documented)
                .as(
                        "docs/errors.md, section Codes: | `CODE` | HTTP status | when | yes or no | what a client should do |")
                .containsExactlyEntriesOf(wanted);
    }
}
