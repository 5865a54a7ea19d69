package dev.parley.schema.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The frame of any record is valid against its schema and is decoded to the same record. {@code -Dparley.records=} sets their number. */
class GeneratedRecordsTest {

    private static final int RECORDS_PER_TYPE = Integer.getInteger("parley.records", 100);
    private static final long SEED =
            Long.getLong("parley.seed", ThreadLocalRandom.current().nextLong());

    static List<WireType> types() {
        return WireType.all();
    }

    @BeforeAll
    static void print_the_seed() {
        System.out.println("GeneratedRecordsTest: again with -Dparley.seed=" + SEED);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("types")
    void any_record_is_valid_against_its_schema_and_is_decoded_again(WireType type) {
        RandomRecords records = new RandomRecords(SEED);
        for (int i = 0; i < RECORDS_PER_TYPE; i++) {
            Record record = records.next(type);
            byte[] wire = FrameCodec.encode(record);
            String frame = new String(wire, UTF_8);

            assertThat(Schemas.errors(type.schema(), FrameCodec.mapper().readTree(wire)))
                    .as(frame)
                    .isEmpty();
            assertThat(type.family().decode(wire)).as(frame).isEqualTo(new Decoded.Ok<>(record));
        }
    }
}
