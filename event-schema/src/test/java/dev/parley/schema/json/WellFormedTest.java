package dev.parley.schema.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WellFormedTest {

    private static final String HIGH = "\uD83D";
    private static final String LOW = "\uDC4B";

    @Test
    void text_without_lone_surrogates_is_the_same_object() {
        for (String text : new String[] {"", "plain", "é漢\n\u0000", HIGH + LOW, "x" + HIGH + LOW + HIGH + LOW}) {
            assertThat(WellFormed.of(text)).isSameAs(text);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "H, R",
        "L, R",
        "aH, aR",
        "Ha, Ra",
        "aL, aR",
        "La, Ra",
        "HH, RR",
        "LL, RR",
        "LH, RR",
        "HHL, RHL",
        "HLL, HLR",
        "LHL, RHL",
        "HLH, HLR",
        "aHbLc, aRbRc"
    })
    void each_lone_surrogate_becomes_one_replacement_character(String before, String after) {
        assertThat(WellFormed.of(spelled(before))).isEqualTo(spelled(after));
    }

    @Test
    void any_text_becomes_encodable_as_utf_8_and_keeps_its_length() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder made = new StringBuilder();
            for (int n = random.nextInt(8); n > 0; n--) {
                made.append(random.nextBoolean() ? (char) ('\uD7FF' + random.nextInt(0x803)) : 'x');
            }
            String text = made.toString();
            String wellFormed = WellFormed.of(text);

            assertThat(new String(wellFormed.getBytes(UTF_8), UTF_8))
                    .as("seed %d", seed)
                    .isEqualTo(wellFormed);
            assertThat(wellFormed).as("seed %d", seed).hasSameSizeAs(text);
            assertThat(WellFormed.of(wellFormed)).isSameAs(wellFormed);
        }
    }

    private static String spelled(String letters) {
        return letters.replace("H", HIGH).replace("L", LOW).replace("R", "\uFFFD");
    }
}
