package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.relay.CloseReason;
import dev.parley.schema.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/errors.md} lists the statuses and close codes of this gateway. A test of event-schema checks the column on retries. */
class ErrorsDocumentTest {

    private static final Path DOCUMENT = Path.of("../docs/errors.md");

    @Test
    void the_page_lists_every_error_code_with_its_http_status() throws IOException {
        String document = Files.readString(DOCUMENT);

        for (ErrorCode code : ErrorCode.values()) {
            assertThat(document)
                    .contains("| `" + code + "` | "
                            + ProblemException.status(code).value() + " |");
        }
    }

    @Test
    void the_page_lists_every_close_code_and_whether_to_reconnect() throws IOException {
        String document = Files.readString(DOCUMENT);

        for (CloseReason closing : CloseReason.values()) {
            assertThat(document).containsPattern("\\| " + closing.code() + " \\| [^|]+ \\| (yes|no) \\| ");
        }
    }
}
