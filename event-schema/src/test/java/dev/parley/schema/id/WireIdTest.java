package dev.parley.schema.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireIdTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "Z", "7", ".", "_", ":", "-", "0b1f6f3e-5a1c-4a60-9d3b-1f7f0c6e2a11", "a.b.c", ".a."})
    void letters_digits_and_four_signs_are_allowed(String text) {
        assertThat(WireId.isValid(text)).isTrue();
        assertThat(new MessageId(text).value()).isEqualTo(text);
        assertThat(new SessionId(text).value()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "..", "a..b", "../etc", "a/b", "a%2Fb", "a\n", "a\u0000", "\u202ea", "é", "👋", "$gt", "{}"
            })
    void other_texts_are_refused(String text) {
        assertThat(WireId.isValid(text)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new MessageId(text));
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionId(text));
    }

    @Test
    void an_id_has_at_most_128_characters() {
        assertThat(WireId.isValid("x".repeat(128))).isTrue();
        assertThat(WireId.isValid("x".repeat(129))).isFalse();
    }

    @Test
    void the_exception_does_not_repeat_the_text() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MessageId("s3cret/"))
                .withMessageNotContaining("s3cret");
    }

    @Test
    void upper_and_lower_case_are_different_ids() {
        assertThat(new MessageId("a")).isNotEqualTo(new MessageId("A"));
    }

    @Test
    void a_user_id_is_any_text_of_1_to_256_characters() {
        assertThat(new UserId("tenant/42%👋 ..").value()).isEqualTo("tenant/42%👋 ..");
        assertThat(new UserId("x".repeat(256)).value()).hasSize(256);
        assertThatIllegalArgumentException().isThrownBy(() -> new UserId(""));
        assertThatIllegalArgumentException().isThrownBy(() -> new UserId("x".repeat(257)));
    }

    @Test
    void the_same_message_id_of_two_users_identifies_two_streams() {
        assertThat(StreamId.of("ada", "m-1"))
                .isEqualTo(StreamId.of("ada", "m-1"))
                .isNotEqualTo(StreamId.of("bob", "m-1"));
        assertThat(SessionKey.of("ada", "s-1"))
                .isEqualTo(SessionKey.of("ada", "s-1"))
                .isNotEqualTo(SessionKey.of("bob", "s-1"));
    }
}
