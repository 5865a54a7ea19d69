package dev.parley.providers;

import java.math.BigDecimal;

/** What a model's tokens cost, in US dollars a million. */
public record Price(BigDecimal prompt, BigDecimal completion) {

    private static final int MILLION_DIGITS = 6;

    /** @throws IllegalArgumentException if something would cost less than nothing */
    public Price {
        if (prompt.signum() < 0 || completion.signum() < 0) {
            throw new IllegalArgumentException("a price is not below zero");
        }
    }

    /**
     * In US dollars.
     *
     * @param completionTokens all that the model wrote, its reasoning included
     */
    public double of(int promptTokens, int completionTokens) {
        BigDecimal perMillion = prompt.multiply(BigDecimal.valueOf(promptTokens))
                .add(completion.multiply(BigDecimal.valueOf(completionTokens)));
        return perMillion.movePointLeft(MILLION_DIGITS).doubleValue();
    }
}
