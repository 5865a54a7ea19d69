package dev.parley.providers.http;

import dev.parley.providers.ProviderException;
import dev.parley.service.trace.Traces;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/**
 * The one HTTP client of all model services. Redirects are not followed, or a key could go elsewhere. Closing a reply before its
 * end, or interrupting the thread that reads it, closes the connection; one that was read to its end serves the next call.
 */
public final class ModelHttp implements AutoCloseable {

    private static final int MAX_REFUSAL_BYTES = 64 * 1024;
    private static final int MAX_LIST_BYTES = 4 * 1024 * 1024;
    /** For the body of a refusal: its status says most, and its length may be a lie. */
    private static final Duration REFUSAL_PATIENCE = Duration.ofSeconds(1);

    private final HttpClient client;
    private final Duration responseTimeout;
    private final Traces traces;

    /**
     * @param connectTimeout bound of opening a connection
     * @param responseTimeout bound of waiting for the head of an answer, connection included; its body may take as long as it likes
     */
    public ModelHttp(Duration connectTimeout, Duration responseTimeout, Traces traces) {
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
        this.responseTimeout = responseTimeout;
        this.traces = traces;
    }

    Traces traces() {
        return traces;
    }

    /**
     * Asks for an answer and waits for its head.
     *
     * @throws ProviderException if the service cannot be reached or is silent
     * @throws RefusedException if it answers anything but success
     */
    Reply post(ServiceAddress address, Call call, Failures failures)
            throws ProviderException, RefusedException, InterruptedException, IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(call.path()))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(call.body())));
        return send(request, address, call.headers(), responseTimeout, failures);
    }

    /**
     * Reads something small, such as a list of models.
     *
     * @param timeout bound of waiting for its head, and again of waiting for its body
     */
    public JsonNode get(
            ServiceAddress address, String path, Map<String, String> headers, Duration timeout, Failures failures)
            throws ProviderException, InterruptedException, IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path));
        try (Reply reply = send(request, address, headers, timeout, failures)) {
            reply.closeAfter(timeout);
            JsonNode json = Json.readOrMissing(reply.body().readNBytes(MAX_LIST_BYTES));
            reply.complete();
            return json;
        } catch (RefusedException e) {
            throw failures.refused(e.status(), e.retryAfter(), e.body());
        }
    }

    /** Ends what is under way, too. */
    @Override
    public void close() {
        client.shutdownNow();
    }

    private Reply send(
            HttpRequest.Builder request,
            ServiceAddress address,
            Map<String, String> headers,
            Duration timeout,
            Failures failures)
            throws ProviderException, RefusedException, InterruptedException, IOException {
        request.setHeader("User-Agent", "parley");
        address.basicAuthorization().ifPresent(basic -> request.setHeader("Authorization", basic));
        setHeaders(request, headers, failures);
        HttpResponse<InputStream> response = awaitHead(request.build(), timeout, failures);
        Reply reply = new Reply(response.body());
        if (response.statusCode() / 100 == 2) {
            return reply;
        }
        try (reply) {
            JsonNode body = Json.readOrMissing(whatCameOf(reply));
            throw new RefusedException(response.statusCode(), RetryAfter.of(response.headers(), Instant.now()), body);
        }
    }

    /** A refusal counts also if its body breaks off or does not end. */
    private static byte[] whatCameOf(Reply refusal) throws InterruptedException {
        refusal.closeAfter(REFUSAL_PATIENCE);
        ByteArrayOutputStream came = new ByteArrayOutputStream();
        byte[] piece = new byte[8 * 1024];
        try {
            int read = 0;
            while (read >= 0 && came.size() < MAX_REFUSAL_BYTES) {
                came.write(piece, 0, read);
                read = refusal.body().read(piece, 0, Math.min(piece.length, MAX_REFUSAL_BYTES - came.size()));
            }
            refusal.complete();
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return came.toByteArray();
    }

    /** The JDK quotes a header that it does not take, and it may be the key. */
    private static void setHeaders(HttpRequest.Builder request, Map<String, String> headers, Failures failures)
            throws ProviderException {
        try {
            headers.forEach(request::setHeader);
        } catch (IllegalArgumentException e) {
            throw failures.unsendable();
        }
    }

    private HttpResponse<InputStream> awaitHead(HttpRequest request, Duration timeout, Failures failures)
            throws ProviderException, InterruptedException {
        CompletableFuture<HttpResponse<InputStream>> response = client.sendAsync(request, _ -> new ArrivingBody());
        try {
            return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            leave(response);
            throw failures.silent(timeout);
        } catch (InterruptedException e) {
            leave(response);
            throw e;
        } catch (ExecutionException e) {
            throw failures.unreachable();
        }
    }

    /** Closes the connection, also if the answer began in this very moment. */
    private static void leave(CompletableFuture<HttpResponse<InputStream>> response) {
        response.cancel(true);
        response.thenAccept(late -> new Reply(late.body()).close());
    }
}
