package dev.parley.providers;

import java.math.BigDecimal;

/** The price of a model's tokens, in US dollars per million. */
public record Price(BigDecimal prompt, BigDecimal completion) {

    private static final int MILLION_DIGITS = 6;

    /** @throws IllegalArgumentException if a price is negative */
    public Price {
        if (prompt.signum() < 0 || completion.signum() < 0) {
            throw new IllegalArgumentException("a price must not be negative: " + prompt + "/" + completion);
        }
    }

    /**
     * The cost of an answer in US dollars.
     *
     * @param completionTokens all tokens that the model wrote, including its reasoning
     */
    public double of(int promptTokens, int completionTokens) {
        BigDecimal perMillion = prompt.multiply(BigDecimal.valueOf(promptTokens))
                .add(completion.multiply(BigDecimal.valueOf(completionTokens)));
        return perMillion.movePointLeft(MILLION_DIGITS).doubleValue();
    }
}
