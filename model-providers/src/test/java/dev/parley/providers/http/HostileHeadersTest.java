package dev.parley.providers.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.providers.Collected;
import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.openai.OpenAiDialect;
import dev.parley.service.trace.Traces;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Responses with wrong headers, wrong lengths, and bytes in another encoding. */
@Timeout(30)
class HostileHeadersTest {

    private static final String KEY = "sk-SECRET";
    private static final String EVENTS =
            "data: {\"choices\":[{\"delta\":{\"content\":\"h\u00e9 \u2713\"}}]}\n\ndata: [DONE]\n\n";
    private static final String HEAD = "HTTP/1.1 200 OK\r\n";
    private static final Duration SOON = Duration.ofSeconds(4);

    private final ModelHttp http = new ModelHttp(Duration.ofSeconds(2), Duration.ofSeconds(5), Traces.notExported());

    @AfterEach
    void close() {
        http.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-None: 1",
                "Content-Type:",
                "Content-Type: text/html",
                "Content-Type: image/png; charset=binary",
                "Content-Type: ;;;=\"",
                "Content-Type: application/json; charset=utf-16",
                "Content-Type: text/event-stream; charset=iso-8859-1",
                "Content-Type: text/event-stream; charset=no-such-charset",
                "Content-Type: text/plain\r\nContent-Type: application/xml",
                "Content-Encoding: br",
                "Content-Language: \u00ff\u00fe",
                "Retry-After: soon\r\nDate: yesterday"
            })
    void headers_about_the_body_do_not_change_how_it_is_read(String headers) throws Exception {
        byte[] body = EVENTS.getBytes(UTF_8);
        try (FakeService service =
                answering(HEAD + headers + "\r\nContent-Length: " + body.length + "\r\n\r\n", body, After.KEEP_OPEN)) {
            assertThat(text(service)).isEqualTo("h\u00e9 \u2713");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: -1",
                "Content-Length: many",
                "Content-Length: 0x10",
                "Content-Length: 99999999999999999999999",
                "Content-Length: 7\r\nContent-Length: 9",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Transfer-Encoding: SECRET",
                "Content-Type: a\u0000b",
                "Content-Type: \u001b[31m",
                "no colon",
                ": no name",
                "X\u0007Y: 1"
            })
    void an_invalid_head_is_a_failure_in_time_or_is_ignored(String headers) throws Exception {
        try (FakeService service = answering(HEAD + headers + "\r\n\r\n", EVENTS.getBytes(UTF_8), After.HANG_UP)) {
            long start = System.nanoTime();
            try {
                assertThat(text(service)).isEqualTo("h\u00e9 \u2713");
            } catch (ProviderException e) {
                assertThat(e.kind()).isIn(Kind.UNAVAILABLE, Kind.BAD_RESPONSE);
                assertThat(e.retryable()).isTrue();
                assertNothingLeaks(e);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "HTTP/1.1 abc OK", "HTTP/1.1 99999 OK", "HTTP/9.9 200 OK", "\u0000\u0001"})
    void an_invalid_status_line_is_a_failure_in_time(String line) throws Exception {
        try (FakeService service = answering(line + "\r\n\r\n", EVENTS.getBytes(UTF_8), After.HANG_UP)) {
            long start = System.nanoTime();

            ProviderException failure = failure(service);

            assertThat(failure.kind()).isIn(Kind.UNAVAILABLE, Kind.BAD_RESPONSE, Kind.REJECTED);
            assertNothingLeaks(failure);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_with_an_end_is_complete_even_if_its_length_is_wrong(After after) throws Exception {
        try (FakeService service =
                answering(HEAD + "Content-Length: 9223372036854775807\r\n\r\n", EVENTS.getBytes(UTF_8), after)) {
            assertThat(text(service)).isEqualTo("h\u00e9 \u2713");
        }
    }

    @Test
    void an_answer_that_its_length_cuts_off_is_incomplete() throws Exception {
        try (FakeService service =
                answering(HEAD + "Content-Length: 20\r\n\r\n", EVENTS.getBytes(UTF_8), After.KEEP_OPEN)) {
            assertThat(failure(service).kind()).isEqualTo(Kind.BAD_RESPONSE);
        }
    }

    @Test
    void an_answer_that_breaks_off_before_its_length_is_incomplete() throws Exception {
        try (FakeService service = answering(
                HEAD + "Content-Length: 5000\r\n\r\n",
                EVENTS.replace("data: [DONE]", "").getBytes(UTF_8),
                After.HANG_UP)) {
            assertThat(failure(service).kind()).isEqualTo(Kind.UNAVAILABLE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401, UNAUTHORIZED, false, KEEP_OPEN",
        "401, UNAUTHORIZED, false, HANG_UP",
        "404, REJECTED, false, KEEP_OPEN",
        "429, RATE_LIMITED, true, KEEP_OPEN",
        "429, RATE_LIMITED, true, HANG_UP",
        "503, UNAVAILABLE, true, KEEP_OPEN"
    })
    void an_error_counts_even_if_its_body_is_shorter_than_its_length(
            int status, Kind kind, boolean retryable, After after) throws Exception {
        try (FakeService service = answering(
                "HTTP/1.1 " + status + " No\r\nRetry-After: 7\r\nContent-Length: 9999999\r\n\r\n",
                "{\"error\":".getBytes(UTF_8),
                after)) {
            long start = System.nanoTime();

            ProviderException failure = failure(service);

            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure.retryable()).isEqualTo(retryable);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        }
    }

    @Test
    void a_list_whose_body_does_not_end_is_a_failure_in_time() throws Exception {
        try (FakeService service =
                answering(HEAD + "Content-Length: 9999999\r\n\r\n", "{\"data\":[".getBytes(UTF_8), After.KEEP_OPEN)) {
            long start = System.nanoTime();

            Optional<JsonNode> list = list(service);

            assertThat(list).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        }
    }

    @Test
    void an_error_in_another_charset_is_recognised_by_its_ascii_text() throws Exception {
        byte[] body = "{\"error\":{\"message\":\"cr\u00e9dit \u00e9puis\u00e9\",\"code\":\"insufficient_quota\"}}"
                .getBytes(ISO_8859_1);
        try (FakeService service = answering(
                "HTTP/1.1 429 No\r\nContent-Type: application/json; charset=iso-8859-1\r\nContent-Length: "
                        + body.length + "\r\n\r\n",
                body,
                After.KEEP_OPEN)) {
            ProviderException failure = failure(service);

            assertThat(failure.kind()).isEqualTo(Kind.RATE_LIMITED);
            assertThat(failure.retryable()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NaN",
                "Infinity",
                "-Infinity",
                "7d",
                "0x1p9",
                "1e9",
                "+7",
                "7 s",
                "7, 9",
                ".5",
                "Thu, 32 Jan 2026 00:00:00 GMT",
                "\u00b2",
                "\u00ff\u00fe",
                "\t"
            })
    void a_retry_after_that_is_neither_a_number_nor_a_date_is_ignored(String value) throws Exception {
        for (String name : List.of("Retry-After", "retry-after-ms")) {
            try (FakeService service = answering(
                    "HTTP/1.1 429 No\r\n" + name + ": " + value + "\r\nContent-Length: 0\r\n\r\n",
                    new byte[0],
                    After.KEEP_OPEN)) {
                assertThat(failure(service).retryAfter()).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999999", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"})
    void a_retry_after_is_at_most_a_day(String value) throws Exception {
        try (FakeService service = answering(
                "HTTP/1.1 429 No\r\nRetry-After: " + value + "\r\nContent-Length: 0\r\n\r\n",
                new byte[0],
                After.KEEP_OPEN)) {
            assertThat(failure(service).retryAfter()).isEqualTo(Duration.ofDays(1));
        }
    }

    @Test
    void malformed_bytes_in_an_answer_become_replacement_characters() throws Exception {
        byte[] body = EVENTS.replace(" \u2713", "").getBytes(ISO_8859_1);
        try (FakeService service = answering(
                HEAD + "Content-Type: text/event-stream; charset=iso-8859-1\r\nContent-Length: " + body.length
                        + "\r\n\r\n",
                body,
                After.KEEP_OPEN)) {
            assertThat(text(service)).isEqualTo("h\uFFFD");
        }
    }

    @Test
    void escaped_control_characters_are_text_and_bare_ones_are_not_json() throws Exception {
        String escaped = EVENTS.replace("h\u00e9", "\\u0000\\u001b");
        try (FakeService service = answering(
                HEAD + "Content-Length: " + escaped.getBytes(UTF_8).length + "\r\n\r\n",
                escaped.getBytes(UTF_8),
                After.KEEP_OPEN)) {
            assertThat(text(service)).isEqualTo("\u0000\u001b \u2713");
        }
        byte[] bare = EVENTS.replace("h\u00e9", "\u0000").getBytes(UTF_8);
        try (FakeService service =
                answering(HEAD + "Content-Length: " + bare.length + "\r\n\r\n", bare, After.KEEP_OPEN)) {
            assertThat(failure(service).kind()).isEqualTo(Kind.BAD_RESPONSE);
        }
    }

    @Test
    void an_answer_that_is_compressed_or_in_utf_16_is_a_bad_response() throws Exception {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(EVENTS.getBytes(UTF_8));
        }
        for (byte[] body : List.of(compressed.toByteArray(), EVENTS.getBytes(UTF_16), new byte[100_000])) {
            try (FakeService service = answering(
                    HEAD + "Content-Encoding: gzip\r\nContent-Length: " + body.length + "\r\n\r\n",
                    body,
                    After.KEEP_OPEN)) {
                ProviderException failure = failure(service);

                assertThat(failure.kind()).isEqualTo(Kind.BAD_RESPONSE);
                assertNothingLeaks(failure);
            }
        }
    }

    /** What a service does after its response. */
    enum After {
        KEEP_OPEN,
        HANG_UP
    }

    private static FakeService answering(String head, byte[] body, After after) {
        return new FakeService((_, connection) -> {
            connection.write(head.getBytes(ISO_8859_1));
            connection.write(body);
            if (after == After.HANG_UP) {
                connection.hangUp();
            } else {
                connection.awaitClose();
            }
        });
    }

    private static void assertNothingLeaks(ProviderException failure) {
        assertThat(failure).hasMessageStartingWith("fake ").hasNoCause();
        assertThat(failure.getMessage()).doesNotContain("SECRET", "question", "127.0.0.1", "\u0000", "\u001b");
    }

    private String text(FakeService service) throws ProviderException, InterruptedException {
        return Collected.from(provider(service), request()).text();
    }

    private ProviderException failure(FakeService service) throws InterruptedException {
        try {
            provider(service).stream(request(), _ -> {});
        } catch (ProviderException e) {
            return e;
        }
        throw new AssertionError("it was answered");
    }

    private Optional<JsonNode> list(FakeService service) throws ProviderException, InterruptedException {
        try {
            return Optional.of(http.get(
                    new ServiceAddress(service.url()),
                    "/models",
                    Map.of(),
                    Duration.ofSeconds(1),
                    new Failures("fake")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private HttpProvider provider(FakeService service) {
        return new HttpProvider(
                "fake", http, new ServiceAddress(service.url()), OpenAiDialect.ofOpenAi(Optional.of(KEY)));
    }

    private static ModelRequest request() {
        return new ModelRequest("some-model", List.of(ModelMessage.user("my question")), "", false, null);
    }
}
