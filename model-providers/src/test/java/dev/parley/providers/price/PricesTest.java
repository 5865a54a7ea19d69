package dev.parley.providers.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.providers.Price;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PricesTest {

    @Test
    void the_first_rule_that_matches_applies() {
        Prices prices = Prices.read(List.of("openai:gpt-6-mini=0.25/2", " openai:gpt-6*=1.25/10", "groq:*=0/0.5"));

        assertThat(prices.of("openai", "gpt-6-mini")).contains(price("0.25", "2"));
        assertThat(prices.of("openai", "gpt-6.1")).contains(price("1.25", "10"));
        assertThat(prices.of("groq", "any/thing")).contains(price("0", "0.5"));
        assertThat(prices.of("openai", "o9")).isEmpty();
        assertThat(prices.of("gemini", "gpt-6.1")).isEmpty();
        assertThat(Prices.NONE.of("openai", "gpt-6.1")).isEmpty();
    }

    @Test
    void a_model_may_have_a_colon_in_its_name() {
        assertThat(Prices.read(List.of("ollama:llama3.2:3b=0/0")).of("ollama", "llama3.2:3b"))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "a, a, true",
        "a, ab, false",
        "a*, ab, true",
        "*b, ab, true",
        "a*a, a, false",
        "a*b*c, axbxbxc, true",
        "a*b*c, acb, false",
        "*mini*, gpt-mini-9, true",
        "a*bc*c, abc, false",
        "*, '', true"
    })
    void a_star_stands_for_any_text(String pattern, String text, boolean fits) {
        assertThat(Wildcard.matches(pattern, text)).isEqualTo(fits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gpt-6=1/2",
                "openai:gpt-6",
                "openai:gpt-6=1",
                "openai:gpt-6=-1/2",
                "openai:gpt-6=1e9/2",
                "openai:gpt-6=1/2/3",
                "openai:=1/2",
                "sk-SECRET"
            })
    void an_invalid_price_is_refused_with_its_number_and_an_example(String text) {
        assertThatThrownBy(() -> Prices.read(List.of("groq:*=1/2", text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("PARLEY_PROVIDERS_PRICES (parley.providers.prices) has ")
                .hasMessageContaining("as number 2, which is no price. A price is <provider>:<model>=<prompt>/<answer>")
                .hasMessageNotContaining("SECRET");
    }

    @Test
    void a_cost_is_exact() {
        assertThat(price("1.25", "10").of(1_000, 200)).isEqualTo(0.00325);
        assertThat(price("0.1", "0.2").of(3, 0)).isEqualTo(3e-7);
        assertThat(price("999999", "999999").of(Integer.MAX_VALUE, Integer.MAX_VALUE))
                .isPositive();
        assertThat(price("1", "1").of(0, 0)).isZero();
    }

    private static Price price(String prompt, String completion) {
        return new Price(new BigDecimal(prompt), new BigDecimal(completion));
    }
}
