package dev.parley.store.archive;

import static dev.parley.store.archive.AnswerRecords.FIRST;
import static dev.parley.store.archive.AnswerRecords.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.schema.log.RawHeader;
import dev.parley.schema.log.RawRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchiveTest {

    static List<Long> seeds() {
        return new Random(99).longs(200).boxed().toList();
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void every_record_is_returned_unchanged_whatever_it_contains(long seed) {
        RandomGenerator random = new Random(seed);
        List<RawRecord> records = chaos(random);
        ArchiveWriter writer = new ArchiveWriter(AnswerRecords.STREAM);
        List<byte[]> parts = List.of();
        for (RawRecord record : records) {
            writer.add(record, random.nextInt(4) > 0);
            if (random.nextInt(30) == 0) {
                parts = writer.parts();
            }
        }
        parts = writer.parts();

        assertSame(ArchiveReader.read(AnswerRecords.STREAM, parts), records);
    }

    @Test
    void the_archive_of_a_long_answer_is_smaller_than_its_text_and_is_split() {
        AnswerRecords log = answer(60_000);
        ArchiveWriter writer = new ArchiveWriter(AnswerRecords.STREAM);
        log.all().forEach(record -> writer.add(record, true));
        int text = log.all().getLast().value().length;

        assertThat(writer.parts()).hasSizeGreaterThan(1);
        assertThat(writer.parts().stream().mapToInt(part -> part.length).sum()).isLessThan(text);
        assertSame(ArchiveReader.read(AnswerRecords.STREAM, writer.parts()), log.all());
    }

    @Test
    void the_same_records_give_the_same_parts() {
        List<RawRecord> records = answer(500).all();

        assertThat(parts(records)).hasSize(1);
        assertThat(parts(records).getFirst()).isEqualTo(parts(records).getFirst());
    }

    @Test
    void a_damaged_part_is_refused_or_gives_other_records_and_never_exceeds_the_bound() {
        byte[] part = parts(answer(50).all()).getFirst();
        for (int i = 0; i < part.length; i++) {
            byte[] damaged = part.clone();
            damaged[i] ^= 0x55;
            try {
                ArchiveReader.read(AnswerRecords.STREAM, List.of(damaged));
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageContaining("damaged");
            }
        }
        for (int length = 0; length < part.length; length += 7) {
            byte[] shorter = Arrays.copyOf(part, length);
            assertThatThrownBy(() -> ArchiveReader.read(AnswerRecords.STREAM, List.of(shorter)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static List<byte[]> parts(List<RawRecord> records) {
        ArchiveWriter writer = new ArchiveWriter(AnswerRecords.STREAM);
        records.forEach(record -> writer.add(record, true));
        return writer.parts();
    }

    private static AnswerRecords answer(int chunks) {
        Random random = new Random(4);
        AnswerRecords log = new AnswerRecords();
        for (int i = 1; i <= chunks; i++) {
            log.after(20 + random.nextInt(9)).chunk(FIRST, i, words(random) + " ");
        }
        log.complete(FIRST, chunks + 1);
        return log;
    }

    private static String words(Random random) {
        return List.of("the", "log", "is", "what", "everybody", "reads", "partition", "offset", "and", "so")
                .get(random.nextInt(10));
    }

    /** Right records, wrong ones, and ones that no worker writes. */
    private static List<RawRecord> chaos(RandomGenerator random) {
        AnswerRecords log = new AnswerRecords();
        IntStream.range(1, 20 + random.nextInt(200)).forEach(seq -> {
            switch (random.nextInt(12)) {
                case 0 -> log.takeover();
                case 1 -> log.keepalive(SECOND);
                case 2 -> log.zombie(SECOND, random.nextInt(30), "z\\\"\n😀");
                case 3 -> log.chunk(FIRST, Long.MAX_VALUE / 3 - seq, "far");
                case 4 -> log.after(-5000).chunk(FIRST, seq, "");
                default -> log.after(random.nextInt(50)).chunk(FIRST, seq, "ß😀 \" \\ <" + seq);
            }
        });
        log.complete(FIRST, 999);
        List<RawRecord> records = new ArrayList<>(log.all());
        for (int i = 0; i < 5; i++) {
            byte[] garbage = new byte[random.nextInt(60)];
            random.nextBytes(garbage);
            RawRecord old = records.get(random.nextInt(records.size()));
            List<RawHeader> headers = random.nextBoolean()
                    ? old.headers()
                    : List.of(
                            new RawHeader("ce_id", "m1/007".getBytes(StandardCharsets.UTF_8)),
                            new RawHeader("x", garbage));
            records.add(
                    random.nextInt(records.size()),
                    new RawRecord(random.nextInt(1000), old.timeMs(), "other/" + i, headers, garbage));
        }
        return records;
    }

    private static void assertSame(List<RawRecord> found, List<RawRecord> expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            if (!same(found.get(i), expected.get(i))) {
                assertThat(found.get(i))
                        .as("record %d", i)
                        .usingRecursiveComparison()
                        .isEqualTo(expected.get(i));
                throw new AssertionError("record " + i + ": " + found.get(i) + " is not " + expected.get(i));
            }
        }
    }

    /** Comparing tens of thousands of records by reflection would take most of a minute. */
    private static boolean same(RawRecord found, RawRecord expected) {
        return found.offset() == expected.offset()
                && found.timeMs() == expected.timeMs()
                && found.key().equals(expected.key())
                && Arrays.equals(found.value(), expected.value())
                && found.headers().size() == expected.headers().size()
                && IntStream.range(0, expected.headers().size())
                        .allMatch(i ->
                                same(found.headers().get(i), expected.headers().get(i)));
    }

    private static boolean same(RawHeader found, RawHeader expected) {
        return found.name().equals(expected.name()) && Arrays.equals(found.value(), expected.value());
    }
}
