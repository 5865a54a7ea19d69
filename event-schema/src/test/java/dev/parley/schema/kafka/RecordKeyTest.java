package dev.parley.schema.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordKeyTest {

    private static final String[] PIECES = {
        "/", "%", "2F", "25", "%2F", "%25", "a", "é", "👋", " ", "\u0000", "..", "\""
    };

    @ParameterizedTest
    @CsvSource({
        "ada, ada/s",
        "tenant/42, tenant%2F42/s",
        "100%, 100%25/s",
        "%2F, %252F/s",
        "👋, 👋/s",
        "/%/, %2F%25%2F/s"
    })
    void slash_and_percent_of_a_user_are_encoded_and_nothing_else(String user, String key) {
        assertThat(RecordKey.of(SessionKey.of(user, "s"))).isEqualTo(key);
        assertThat(RecordKey.parse(key)).isEqualTo(SessionKey.of(user, "s"));
    }

    @Test
    void any_user_and_session_are_decoded_from_their_key_and_no_two_share_one() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        Map<String, SessionKey> seen = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            SessionKey session = SessionKey.of(user(random), "s" + random.nextInt(3));
            String key = RecordKey.of(session);

            assertThat(RecordKey.parse(key)).as("seed %d", seed).isEqualTo(session);
            assertThat(seen.merge(key, session, (first, second) -> first))
                    .as("seed %d", seed)
                    .isEqualTo(session);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ada",
                "/",
                "/s",
                "ada/",
                "ada/..",
                "ada/s/t",
                "ada/s%2F",
                "100%/s",
                "a%2fb/s",
                "a%zz/s",
                "%/s",
                "a%20b/s"
            })
    void a_text_that_is_not_the_key_of_a_session_is_refused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> RecordKey.parse(text));
    }

    @Test
    void the_partition_is_that_of_kafkas_default_partitioner_for_the_encoded_user() {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            UserId user = new UserId(user(random));
            for (int partitions : new int[] {1, 8, 64, 100}) {
                assertThat(RecordKey.partition(user, partitions))
                        .isEqualTo(BuiltInPartitioner.partitionForKey(
                                RecordKey.encode(user).getBytes(UTF_8), partitions));
            }
        }
    }

    @Test
    void users_spread_over_all_partitions() {
        assertThat(java.util.stream.IntStream.range(0, 2_000)
                        .map(i -> RecordKey.partition(new UserId("user-" + i), 64))
                        .distinct())
                .hasSize(64);
    }

    private static String user(Random random) {
        StringBuilder user = new StringBuilder();
        for (int n = 1 + random.nextInt(6); n > 0; n--) {
            user.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return user.toString();
    }
}
