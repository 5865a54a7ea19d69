package dev.parley.schema.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The codec reads and writes the golden files, and they are valid against the schemas. */
class GoldenFilesTest {

    static List<WireType> types() {
        return WireType.all();
    }

    static List<Golden> goldens() {
        return Golden.all();
    }

    @ParameterizedTest
    @MethodSource("types")
    void every_type_has_a_golden_file(WireType type) {
        assertThat(Golden.of(type))
                .as("add event-schema/src/test/resources/%s/%s.json: the frame in one line", Golden.FOLDER, type)
                .isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void a_golden_file_has_a_known_type_and_is_valid_against_its_schema(Golden golden) {
        assertThat(Schemas.errors(golden.type().schema(), FrameCodec.mapper().readTree(golden.wire())))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void a_golden_file_is_decoded_and_encoded_again_byte_for_byte(Golden golden) {
        assertThat(golden.type().family().decode(golden.wire())).isInstanceOfSatisfying(Decoded.Ok.class, ok -> {
            assertThat(ok.value()).isInstanceOf(golden.type().type());
            assertThat(new String(FrameCodec.encode((Record) ok.value()), UTF_8))
                    .isEqualTo(new String(golden.wire(), UTF_8));
        });
    }
}
