package dev.parley.schema.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden files are what the codec reads and writes, and what the schemas allow. */
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
    void a_golden_file_is_of_a_type_and_keeps_its_schema(Golden golden) {
        assertThat(Schemas.errors(golden.type().schema(), FrameCodec.mapper().readTree(golden.wire())))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void a_golden_file_reads_as_its_record_and_writes_back_byte_for_byte(Golden golden) {
        assertThat(golden.type().family().decode(golden.wire())).isInstanceOfSatisfying(Decoded.Ok.class, ok -> {
            assertThat(ok.value()).isInstanceOf(golden.type().type());
            assertThat(new String(FrameCodec.encode((Record) ok.value()), UTF_8))
                    .isEqualTo(new String(golden.wire(), UTF_8));
        });
    }
}
