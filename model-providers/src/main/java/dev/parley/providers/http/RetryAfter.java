package dev.parley.providers.http;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How long a service asks to wait: {@code retry-after-ms}, else {@code Retry-After} in seconds or as a date, or a field of the body. */
final class RetryAfter {

    private static final Duration MAX = Duration.ofDays(1);
    private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?");

    private RetryAfter() {}

    /** Null if there is none that can be read. */
    static @Nullable Duration of(HttpHeaders headers, Instant now) {
        Optional<Duration> millis = headers.firstValue("retry-after-ms").flatMap(text -> number(text, 1));
        return millis.or(() -> headers.firstValue("retry-after")
                        .flatMap(text -> number(text, 1_000).or(() -> date(text, now))))
                .orElse(null);
    }

    /** Reads Google's error details, such as {@code "retryDelay": "34.5s"}. Null if there are none. */
    static @Nullable Duration in(JsonNode error) {
        for (JsonNode detail : error.path("details")) {
            String delay = Json.text(detail, "retryDelay");
            if (delay.endsWith("s")) {
                return number(delay.substring(0, delay.length() - 1), 1_000).orElse(null);
            }
        }
        return null;
    }

    /** Digits only: Java would also parse {@code 7d}, {@code 0x1p9} and {@code Infinity}. */
    private static Optional<Duration> number(String text, double millis) {
        String number = text.strip();
        if (!NUMBER.matcher(number).matches()) {
            return Optional.empty();
        }
        double value = Double.parseDouble(number) * millis;
        return Optional.of(Duration.ofMillis((long) Math.min(value, MAX.toMillis())));
    }

    private static Optional<Duration> date(String text, Instant now) {
        try {
            Instant then = ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration left = then.isAfter(now) ? Duration.between(now, then) : Duration.ZERO;
            return Optional.of(left.compareTo(MAX) < 0 ? left : MAX);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
