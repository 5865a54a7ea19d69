package dev.parley.store.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.log.RawHeader;
import dev.parley.schema.log.RawRecord;
import dev.parley.store.archive.ArchiveReader;
import dev.parley.store.turn.LateRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Late records as a document. */
class ArchiveDocumentsTest {

    private static final SessionKey SESSION = SessionKey.of("ann", "s1");
    private static final StreamId STREAM = StreamId.of("ann", "m1");
    private static final int MONGO_BYTES = 16 * 1024 * 1024;
    private static final int RECORD_BYTES = 1024 * 1024;
    private static final long KEPT = ArchiveDocuments.MAX_LATE_BYTES / RECORD_BYTES;

    private final Random random = new Random(5);

    @Test
    void a_damaged_document_is_replaced_by_the_next_late_records() {
        Document damaged = late(null, List.of(record(50, 10)));
        damaged.put("data", List.of(new Binary(new byte[] {1, 2, 3, 4, 5})));
        LateRecord next = record(51, 10);

        Document after = late(damaged, List.of(next));

        assertThat(after).containsEntry("records", 1L).containsEntry("last_offset", 51L);
        assertThat(ArchiveReader.read(STREAM, bytes(after)))
                .singleElement()
                .satisfies(record ->
                        assertThat(record.value()).isEqualTo(next.raw().value()));
    }

    @Test
    void any_number_of_late_records_fits_into_a_document() {
        List<LateRecord> many = records(20);

        Document all = late(null, many);

        assertThat(all).containsEntry("records", KEPT);
        assertThat(new RawBsonDocument(all, new DocumentCodec()).getByteBuffer().remaining())
                .isLessThan(MONGO_BYTES);
    }

    @Test
    void the_same_late_records_are_kept_in_whatever_steps_they_come() {
        List<LateRecord> many = records(20);

        Document there = late(null, many.subList(0, 5));
        there = late(there, many.subList(5, 12));

        assertThat(there).isEqualTo(late(null, many));
        assertThat(lateOrNull(there, many.subList(12, 20))).isNull();
    }

    private List<LateRecord> records(int count) {
        List<LateRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(record(50 + i, RECORD_BYTES));
        }
        return records;
    }

    private LateRecord record(long offset, int bytes) {
        byte[] value = new byte[bytes];
        random.nextBytes(value);
        return new LateRecord(
                STREAM, SESSION, new RawRecord(offset, offset, RecordKey.of(SESSION), List.<RawHeader>of(), value));
    }

    private static Document late(@Nullable Document there, List<LateRecord> more) {
        return Objects.requireNonNull(lateOrNull(there, more));
    }

    private static @Nullable Document lateOrNull(@Nullable Document there, List<LateRecord> more) {
        return ArchiveDocuments.late(STREAM, RecordKey.of(SESSION), 0, there, more);
    }

    private static List<byte[]> bytes(Document late) {
        return late.getList("data", Binary.class).stream().map(Binary::getData).toList();
    }
}
