package dev.parley.providers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.providers.Collected;
import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import dev.parley.providers.openai.OpenAiDialect;
import dev.parley.service.trace.Traces;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The connection to a service, on real sockets. */
class HttpProviderTest {

    private static final String KEY = "sk-SECRET";
    private static final String HI = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\n";
    private static final String DONE = "data: [DONE]\n\n";
    private static final long AT_ONCE_MS = 500;

    private final ModelHttp http = new ModelHttp(Duration.ofSeconds(2), Duration.ofSeconds(5), Traces.notExported());

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void a_piece_is_passed_on_before_the_answer_is_complete() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        try (FakeService service = new FakeService((_, connection) -> {
            connection.startEvents();
            connection.chunk(HI);
            if (received.await(5, TimeUnit.SECONDS)) {
                connection.chunk(HI.replace("hi", " there") + DONE);
            }
            connection.endChunks();
        })) {
            Collected answer = new Collected();
            provider(service.url() + "/v1").stream(request(), piece -> {
                answer.accept(piece);
                received.countDown();
            });

            assertThat(answer.pieces())
                    .containsExactly(
                            new ModelPiece.Content("hi"),
                            new ModelPiece.Content(" there"),
                            new ModelPiece.Finished("stop", null));
        }
    }

    @Test
    void a_request_has_a_path_below_the_base_url_and_the_key_as_a_header() throws Exception {
        try (FakeService service = FakeService.answering(200, "", HI + DONE)) {
            Collected.from(provider(service.url() + "/openai/v1/"), request());

            assertThat(service.requests()).singleElement().satisfies(request -> {
                assertThat(request.method() + " " + request.path()).isEqualTo("POST /openai/v1/chat/completions");
                assertThat(request.headers())
                        .containsEntry("authorization", "Bearer " + KEY)
                        .containsEntry("content-type", "application/json");
                assertThat(request.body()).contains("\"some-model\"").contains("my question");
            });
        }
    }

    @Test
    void a_key_that_cannot_be_a_header_is_a_failure_that_does_not_contain_it() throws Exception {
        try (FakeService service = FakeService.answering(200, "", HI + DONE)) {
            HttpProvider provider = new HttpProvider(
                    "fake",
                    http,
                    new ServiceAddress(service.url()),
                    OpenAiDialect.compatible(Optional.of(KEY + "\u200B")));

            assertThatThrownBy(() -> Collected.from(provider, request()))
                    .isInstanceOf(ProviderException.class)
                    .hasMessage("fake has a key with characters that cannot be sent; copy it anew")
                    .hasNoCause();
        }
    }

    @Test
    void user_and_password_of_the_base_url_are_sent_as_a_header_unless_there_is_a_key() throws Exception {
        try (FakeService service = FakeService.answering(200, "", HI + DONE)) {
            Collected.from(
                    new HttpProvider(
                            "fake",
                            http,
                            new ServiceAddress(service.url("ann:pw")),
                            OpenAiDialect.compatible(Optional.empty())),
                    request());
            Collected.from(provider(service.url("ann:pw")), request());

            assertThat(service.requests())
                    .extracting(request -> request.headers().get("authorization"))
                    .containsExactly("Basic YW5uOnB3", "Bearer " + KEY);
        }
    }

    @Test
    void an_interrupt_closes_the_connection_at_once() throws Exception {
        CompletableFuture<Long> closed = new CompletableFuture<>();
        try (FakeService service = new FakeService((_, connection) -> {
            connection.startEvents();
            connection.chunk(HI);
            connection.awaitClose();
            closed.complete(System.nanoTime());
        })) {
            CountDownLatch received = new CountDownLatch(1);
            AtomicReference<Throwable> end = new AtomicReference<>();
            Thread stream = stream(service, _ -> received.countDown(), end);
            assertThat(received.await(5, TimeUnit.SECONDS)).isTrue();

            long interrupted = System.nanoTime();
            stream.interrupt();

            assertThat(millisBetween(interrupted, closed.get(5, TimeUnit.SECONDS)))
                    .isLessThan(AT_ONCE_MS);
            assertThat(stream.join(Duration.ofSeconds(5))).isTrue();
            assertThat(end.get()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void an_interrupt_before_the_first_byte_closes_the_connection_too() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Long> closed = new CompletableFuture<>();
        try (FakeService service = new FakeService((_, connection) -> {
            asked.countDown();
            connection.awaitClose();
            closed.complete(System.nanoTime());
        })) {
            AtomicReference<Throwable> end = new AtomicReference<>();
            Thread stream = stream(service, _ -> {}, end);
            assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();

            long interrupted = System.nanoTime();
            stream.interrupt();

            assertThat(millisBetween(interrupted, closed.get(5, TimeUnit.SECONDS)))
                    .isLessThan(AT_ONCE_MS);
            assertThat(stream.join(Duration.ofSeconds(5))).isTrue();
            assertThat(end.get()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void an_interrupt_ends_reading_even_if_data_keeps_coming() throws Exception {
        try (FakeService service = new FakeService((_, connection) -> {
            connection.startEvents();
            String flood = HI.repeat(1000);
            while (true) {
                connection.chunk(flood);
            }
        })) {
            CountDownLatch received = new CountDownLatch(1);
            AtomicReference<Throwable> end = new AtomicReference<>();
            Thread stream = stream(service, _ -> received.countDown(), end);
            assertThat(received.await(5, TimeUnit.SECONDS)).isTrue();

            stream.interrupt();

            assertThat(stream.join(Duration.ofMillis(AT_ONCE_MS))).isTrue();
            assertThat(end.get()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void an_exception_of_the_sink_is_thrown_and_closes_the_connection() throws Exception {
        CompletableFuture<Long> closed = new CompletableFuture<>();
        try (FakeService service = new FakeService((_, connection) -> {
            connection.startEvents();
            connection.chunk(HI);
            connection.awaitClose();
            closed.complete(System.nanoTime());
        })) {
            IllegalStateException enough = new IllegalStateException("enough");

            assertThatThrownBy(() -> provider(service.url()).stream(request(), _ -> {
                        throw enough;
                    }))
                    .isSameAs(enough);
            assertThat(closed.get(AT_ONCE_MS, TimeUnit.MILLISECONDS)).isPositive();
        }
    }

    @Test
    void a_connection_is_reused_even_if_its_body_ends_after_the_answer() throws Exception {
        Semaphore given = new Semaphore(0);
        try (FakeService service = new FakeService((_, connection) -> {
            connection.startEvents();
            connection.chunk(HI + DONE);
            given.acquire();
            connection.endChunks();
        })) {
            int requests = 20;
            for (int i = 0; i < requests; i++) {
                Collected.from(provider(service.url()), request());
                given.release();
            }

            assertThat(service.requests()).hasSize(requests);
            assertThat(service.connections()).isLessThan(requests / 2);
        }
    }

    @Test
    void a_connection_that_stays_open_after_the_end_delays_no_answer() throws Exception {
        CompletableFuture<Long> closed = new CompletableFuture<>();
        try (FakeService service = new FakeService((_, connection) -> {
            connection.startEvents();
            connection.chunk(HI + DONE);
            connection.awaitClose();
            closed.complete(System.nanoTime());
        })) {
            long start = System.nanoTime();

            assertThat(Collected.from(provider(service.url()), request()).text())
                    .isEqualTo("hi");
            assertThat(millisBetween(start, System.nanoTime())).isLessThan(1_000);
            assertThat(closed.get(5, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void an_end_without_its_mark_delays_the_answer_only_a_little() throws Exception {
        CompletableFuture<Long> closed = new CompletableFuture<>();
        try (FakeService service = new FakeService((_, connection) -> {
            connection.startEvents();
            connection.chunk(HI + "data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n");
            connection.awaitClose();
            closed.complete(System.nanoTime());
        })) {
            BlockingQueue<ModelPiece> pieces = new LinkedBlockingQueue<>();
            AtomicReference<Throwable> end = new AtomicReference<>();
            Thread stream = stream(service, pieces::add, end);

            assertThat(stream.join(Duration.ofSeconds(5))).isTrue();
            assertThat(pieces).containsExactly(new ModelPiece.Content("hi"), new ModelPiece.Finished("stop", null));
            assertThat(closed.get(5, TimeUnit.SECONDS)).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "301, BAD_RESPONSE, false",
        "400, REJECTED, false",
        "401, UNAUTHORIZED, false",
        "403, REJECTED, false",
        "404, REJECTED, false",
        "402, RATE_LIMITED, false",
        "408, TIMEOUT, true",
        "413, TOKEN_LIMIT, false",
        "429, RATE_LIMITED, true",
        "500, UNAVAILABLE, true",
        "503, UNAVAILABLE, true",
        "504, TIMEOUT, true",
        "529, UNAVAILABLE, true"
    })
    void a_status_determines_the_failure_and_the_body_does_not_leak(int status, Kind kind, boolean retryable)
            throws Exception {
        try (FakeService service = FakeService.answering(
                status,
                "Location: http://127.0.0.1:1/SECRET\r\nRetry-After: 7\r\n",
                "{\"error\":{\"message\":\"Incorrect key " + KEY + ", my question\"}}")) {
            ProviderException failure = failure(service.url("SECRET:SECRET") + "/v1");

            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure.retryable()).isEqualTo(retryable);
            assertThat(failure).hasMessageStartingWith("fake ").hasNoCause();
            assertNothingLeaks(failure);
            assertThat(service.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, context_length_exceeded, TOKEN_LIMIT, false",
        "400, content_policy_violation, CONTENT_FILTERED, false",
        "400, 'The input token count (9) exceeds the maximum number of tokens allowed (8).', TOKEN_LIMIT, false",
        "400, 'Your credit balance is too low to access the API.', RATE_LIMITED, false",
        "429, insufficient_quota, RATE_LIMITED, false",
        "400, invalid_api_key, UNAUTHORIZED, false",
        "400, 'API key not valid. Please pass a valid API key.', UNAUTHORIZED, false"
    })
    void a_known_code_in_an_error_is_preferred_to_its_status(int status, String code, Kind kind, boolean retryable)
            throws Exception {
        try (FakeService service =
                FakeService.answering(status, "", "{\"error\":{\"message\":\"SECRET\",\"code\":\"" + code + "\"}}")) {
            ProviderException failure = failure(service.url());

            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure.retryable()).isEqualTo(retryable);
            assertNothingLeaks(failure);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'Retry-After: 7', 7000",
        "'Retry-After: 0.5', 500",
        "'Retry-After: 7|retry-after-ms: 1500', 1500",
        "'Retry-After: Thu, 01 Jan 1970 00:00:00 GMT', 0"
    })
    void the_delay_that_a_service_asks_for_is_passed_on(String headers, long millis) throws Exception {
        try (FakeService service = FakeService.answering(429, headers.replace("|", "\r\n") + "\r\n", "")) {
            assertThat(failure(service.url()).retryAfter()).isEqualTo(Duration.ofMillis(millis));
        }
    }

    @ParameterizedTest
    @CsvSource({"''", "'Retry-After: soon'", "'Retry-After: -1'"})
    void a_delay_that_cannot_be_read_is_ignored(String header) throws Exception {
        try (FakeService service =
                FakeService.answering(429, header.isEmpty() ? "" : header + "\r\n", "no JSON either")) {
            assertThat(failure(service.url()).retryAfter()).isNull();
        }
    }

    @Test
    void a_service_that_is_not_running_is_unavailable() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        ProviderException failure = failure("http://SECRET:SECRET@127.0.0.1:" + port);

        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure.retryable()).isTrue();
        assertThat(failure).hasMessage("fake cannot be reached").hasNoCause();
    }

    @Test
    void a_service_that_does_not_respond_in_time_is_a_timeout_and_its_connection_is_closed() throws Exception {
        CompletableFuture<Long> closed = new CompletableFuture<>();
        try (ModelHttp impatient = new ModelHttp(Duration.ofSeconds(2), Duration.ofMillis(200), Traces.notExported());
                FakeService service = new FakeService((_, connection) -> {
                    connection.awaitClose();
                    closed.complete(System.nanoTime());
                })) {
            HttpProvider provider = new HttpProvider(
                    "fake", impatient, new ServiceAddress(service.url()), OpenAiDialect.compatible(Optional.empty()));

            assertThatThrownBy(() -> provider.stream(request(), _ -> {}))
                    .isInstanceOfSatisfying(
                            ProviderException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT))
                    .hasMessage("fake did not answer within 200 ms");
            assertThat(closed.get(5, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void a_broken_connection_is_unavailable_after_all_pieces_that_had_arrived() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (FakeService service = new FakeService((_, connection) -> {
                    connection.startEvents();
                    connection.chunks(HI, HI, HI);
                    connection.hangUp();
                    gone.countDown();
                });
                FakeService another = FakeService.answering(200, "", HI + DONE)) {
            Collected partial = new Collected();

            assertThatThrownBy(() -> provider(service.url()).stream(request(), piece -> {
                        partial.accept(piece);
                        await(gone);
                        // after whole answers from another service the client has noticed the break
                        for (int i = 0; i < 5; i++) {
                            assertThat(textFrom(another)).isEqualTo("hi");
                        }
                    }))
                    .isInstanceOfSatisfying(
                            ProviderException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE))
                    .hasNoCause();
            assertThat(partial.text()).isEqualTo("hihihi");
        }
    }

    @Test
    void empty_pieces_are_not_passed_on() throws Exception {
        String role =
                "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"reasoning\":\"\"}}]}\n\n";
        try (FakeService service = FakeService.answering(200, "", role + HI + DONE)) {
            assertThat(Collected.from(provider(service.url()), request()).pieces())
                    .containsExactly(new ModelPiece.Content("hi"), new ModelPiece.Finished("stop", null));
        }
    }

    @Test
    void a_field_that_a_service_rejects_by_name_is_not_sent_again() throws Exception {
        String complaint = Files.readString(Path.of("src/test/resources/wire/openai/refusal-stream-options.json"));
        try (FakeService service = new FakeService((request, connection) -> {
            boolean unknown = request.body().contains("stream_options");
            connection.respond(unknown ? 400 : 200, "", unknown ? complaint : HI + DONE);
        })) {
            HttpProvider provider = provider(service.url());

            assertThat(Collected.from(provider, request()).text()).isEqualTo("hi");
            assertThat(Collected.from(provider, request()).text()).isEqualTo("hi");

            assertThat(service.requests())
                    .extracting(request -> request.body().contains("stream_options"))
                    .containsExactly(true, false, false);
            assertThat(service.requests().getLast().body()).contains("\"stream\":true", "my question");
        }
    }

    @Test
    void any_other_rejection_is_final() throws Exception {
        try (FakeService service = FakeService.answering(400, "", "{\"error\":{\"message\":\"stream_options\"}}")) {
            assertThat(failure(service.url()).kind()).isEqualTo(Kind.REJECTED);
            assertThat(service.requests()).hasSize(2);
        }
        try (FakeService service = FakeService.answering(400, "", "{\"error\":{\"message\":\"temperature\"}}")) {
            assertThat(failure(service.url()).kind()).isEqualTo(Kind.REJECTED);
            assertThat(service.requests()).hasSize(1);
        }
    }

    private static void assertNothingLeaks(ProviderException failure) {
        assertThat(failure.getMessage()).doesNotContain("SECRET", "question", "127.0.0.1", "http");
    }

    private ProviderException failure(String url) throws InterruptedException {
        try {
            provider(url).stream(request(), _ -> {});
        } catch (ProviderException e) {
            return e;
        }
        throw new AssertionError("it was answered");
    }

    private Thread stream(FakeService service, Consumer<ModelPiece> sink, AtomicReference<Throwable> end) {
        return Thread.ofVirtual().start(() -> {
            try {
                provider(service.url()).stream(request(), sink);
            } catch (Exception e) {
                end.set(e);
            }
        });
    }

    private HttpProvider provider(String url) {
        return new HttpProvider("fake", http, new ServiceAddress(url), OpenAiDialect.ofOpenAi(Optional.of(KEY)));
    }

    private String textFrom(FakeService service) {
        try {
            return Collected.from(provider(service.url()), request()).text();
        } catch (ProviderException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static ModelRequest request() {
        return new ModelRequest("some-model", List.of(ModelMessage.user("my question")), "", false, null);
    }

    private static long millisBetween(long fromNanos, long toNanos) {
        return TimeUnit.NANOSECONDS.toMillis(toNanos - fromNanos);
    }
}
