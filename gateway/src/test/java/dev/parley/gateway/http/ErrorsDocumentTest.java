package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.relay.CloseReason;
import dev.parley.schema.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/errors.md says what this gateway does. Its retry column is looked after in event-schema. */
class ErrorsDocumentTest {

    private static final Path DOCUMENT = Path.of("../docs/errors.md");

    @Test
    void every_error_code_stands_there_with_its_http_status() throws IOException {
        String document = Files.readString(DOCUMENT);

        for (ErrorCode code : ErrorCode.values()) {
            assertThat(document)
                    .contains("| `" + code + "` | "
                            + ProblemException.status(code).value() + " |");
        }
    }

    @Test
    void every_close_code_of_ours_stands_there_and_whether_to_come_back() throws IOException {
        String document = Files.readString(DOCUMENT);

        for (CloseReason closing : CloseReason.values()) {
            assertThat(document).containsPattern("\\| " + closing.code() + " \\| [^|]+ \\| (yes|no) \\| ");
        }
    }
}
