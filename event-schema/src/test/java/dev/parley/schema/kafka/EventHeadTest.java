package dev.parley.schema.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventHead.OfSession;
import dev.parley.schema.kafka.EventHead.OfStream;
import dev.parley.schema.kafka.EventHead.Unreadable;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decodes the heads of arbitrary records. CloudEventsTest decodes the records of {@link EventRecords}. */
class EventHeadTest {

    private static final SessionKey SESSION = SessionKey.of("tenant/42", "s-1");
    private static final String KEY = "tenant%2F42/s-1";
    private static final Claim CLAIM = new Claim(2, "c_-9");

    @Test
    void the_head_of_an_event_follows_from_its_headers_only() {
        assertThat(head(KEY, "dev.parley.content_chunk.v1", "m-1/7", "2.c_-9"))
                .isEqualTo(ofStream("content_chunk", new Entry.Event(CLAIM, 7)));
    }

    @Test
    void an_event_of_a_type_of_a_later_version_is_treated_like_other_events() {
        assertThat(head(KEY, "dev.parley.image_chunk.v1", "m-1/7", "2.c_-9"))
                .isEqualTo(ofStream("image_chunk", new Entry.Event(CLAIM, 7)));
    }

    @Test
    void a_deletion_belongs_to_the_session() {
        assertThat(head(KEY, "dev.parley.conversation_deleted.v1", "s-1/deleted", null))
                .isEqualTo(new OfSession(SESSION, null, null));
    }

    @ParameterizedTest
    @CsvSource({
        "dev.parley.content_chunk.v2, m-1/7, 2.c, another version",
        "dev.parley.content_chunk, m-1/7, 2.c, no version",
        "dev.parley.v1, m-1/7, 2.c, no type",
        "dev.parley..v1, m-1/7, 2.c, an empty type",
        "com.example.content_chunk.v1, m-1/7, 2.c, a foreign type",
        ", m-1/7, 2.c, no ce_type",
        "dev.parley.content_chunk.v1, , 2.c, no ce_id",
        "dev.parley.content_chunk.v1, m-1, 2.c, no seq",
        "dev.parley.content_chunk.v1, m-1/, 2.c, an empty seq",
        "dev.parley.content_chunk.v1, m-1/x, 2.c, a seq in letters",
        "dev.parley.content_chunk.v1, m-1/-1, 2.c, a seq below 0",
        "dev.parley.content_chunk.v1, m-1/9223372036854775808, 2.c, a seq beyond 64 bits",
        "dev.parley.stream_start.v1, m-1/1, 1.c, a start in the middle",
        "dev.parley.content_chunk.v1, m-1/7/8, 2.c, two seqs",
        "dev.parley.content_chunk.v1, /7, 2.c, no message id",
        "dev.parley.content_chunk.v1, ../7, 2.c, dots for a message id",
        "dev.parley.content_chunk.v1, m 1/7, 2.c, a space in the message id",
        "dev.parley.content_chunk.v1, m-1/7, , no claim",
        "dev.parley.content_chunk.v1, m-1/7, c, a claim without an attempt",
        "dev.parley.content_chunk.v1, m-1/7, 0.c, attempt 0",
        "dev.parley.content_chunk.v1, m-1/7, 99999999999.c, an attempt beyond 32 bits",
        "dev.parley.content_chunk.v1, m-1/7, 2., an empty token",
        "dev.parley.content_chunk.v1, m-1/7, 2.c d, a space in the token",
        "dev.parley.stream_keepalive.v1, m-1, 2.c, a control record without a slash"
    })
    void a_record_with_headers_that_no_writer_writes_is_unreadable(
            @Nullable String type, @Nullable String id, @Nullable String claim, String why) {
        assertThat(head(KEY, type, id, claim)).as(why).isInstanceOf(Unreadable.class);
    }

    @Test
    void a_record_without_key_or_value_is_unreadable() {
        Headers headers = headers("dev.parley.content_chunk.v1", "m-1/7", "2.c");

        assertThat(EventHead.of(record(null, new byte[0], headers))).isInstanceOf(Unreadable.class);
        assertThat(EventHead.of(record(KEY, null, headers))).isInstanceOf(Unreadable.class);
        assertThat(EventHead.of(record("ada", new byte[0], headers))).isInstanceOf(Unreadable.class);
        assertThat(EventHead.of(record("a%2fb/s", new byte[0], headers))).isInstanceOf(Unreadable.class);
    }

    @Test
    void arbitrary_bytes_are_unreadable_and_never_cause_an_exception() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        Set<Class<?>> seen = new HashSet<>();
        for (int i = 0; i < 50_000; i++) {
            ConsumerRecord<String, byte[]> record = garbage(random);
            EventHead head = EventHead.of(record);
            seen.add(head.getClass());
            if (head instanceof OfStream stream) {
                assertThat(RecordKey.of(stream.session())).as("seed %d", seed).isEqualTo(record.key());
            }
        }
        assertThat(seen)
                .as("seed %d", seed)
                .containsExactlyInAnyOrder(OfStream.class, OfSession.class, Unreadable.class);
    }

    private static ConsumerRecord<String, byte[]> garbage(Random random) {
        Headers headers = new RecordHeaders();
        String[] names = {CloudEventHeaders.TYPE, CloudEventHeaders.ID, CloudEventHeaders.CLAIM, "x"};
        String[][] values = {
            {
                "dev.parley.content_chunk.v1",
                "dev.parley.conversation_deleted.v1",
                "dev.parley.stream_takeover.v1",
                "dev.parley.v1",
                "v1"
            },
            {"m/1", "m", "m/", "/", "../1", "m/99999999999999999999", "m/1.c/0", ""},
            {"1.c", ".", "1.", "x.c", "99999999999.c", "1", ""},
            {"x"}
        };
        for (int name = 0; name < names.length; name++) {
            switch (random.nextInt(8)) {
                case 0 -> {}
                case 1 -> headers.add(names[name], null);
                case 2 -> headers.add(names[name], bytes(random));
                default -> headers.add(names[name], values[name][random.nextInt(values[name].length)].getBytes(UTF_8));
            }
        }
        String[] keys = {
            KEY, KEY, KEY, "", "/", "ada", "ada/", "/s", "ada/..", "a%zz/s", new String(bytes(random), UTF_8)
        };
        return record(keys[random.nextInt(keys.length)], bytes(random), headers);
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static OfStream ofStream(String type, Entry entry) {
        return new OfStream(SESSION, StreamId.of("tenant/42", "m-1"), type, entry);
    }

    private static EventHead head(String key, @Nullable String type, @Nullable String id, @Nullable String claim) {
        return EventHead.of(record(key, "{}".getBytes(UTF_8), headers(type, id, claim)));
    }

    private static Headers headers(@Nullable String type, @Nullable String id, @Nullable String claim) {
        Headers headers = new RecordHeaders();
        add(headers, CloudEventHeaders.TYPE, type);
        add(headers, CloudEventHeaders.ID, id);
        add(headers, CloudEventHeaders.CLAIM, claim);
        return headers;
    }

    private static void add(Headers headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(name, value.getBytes(UTF_8));
        }
    }

    private static ConsumerRecord<String, byte[]> record(
            @Nullable String key, byte @Nullable [] value, Headers headers) {
        return new ConsumerRecord<>(
                Topics.EVENTS, 0, 0, 0, TimestampType.CREATE_TIME, 0, 0, key, value, headers, Optional.empty());
    }
}
