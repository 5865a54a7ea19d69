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
 * The HTTP client of all model services. Redirects are not followed, because they could send a key to another host. Closing a reply
 * before its end, or interrupting the thread that reads it, closes the connection; a connection that was read to the end is used again.
 */
public final class ModelHttp implements AutoCloseable {

    private static final int MAX_ERROR_BYTES = 64 * 1024;
    private static final int MAX_LIST_BYTES = 4 * 1024 * 1024;
    /** Limit of waiting for the body of an error: the status says most, and the body may never end. */
    private static final Duration ERROR_BODY_LIMIT = Duration.ofSeconds(1);

    private final HttpClient client;
    private final Duration responseTimeout;
    private final Traces traces;

    /**
     * @param connectTimeout limit of opening a connection
     * @param responseTimeout limit of waiting for the head of a response, including the connection; its body has no limit
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
     * Sends a request and waits for the head of the response.
     *
     * @throws ProviderException if the service cannot be reached or does not respond in time
     * @throws RefusedException if the response has an error status
     */
    Reply post(ServiceAddress address, Call call, Failures failures)
            throws ProviderException, RefusedException, InterruptedException, IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(call.path()))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(call.body())));
        return send(request, address, call.headers(), responseTimeout, failures);
    }

    /**
     * Reads a small document, such as a list of models.
     *
     * @param timeout limit of waiting for its head, and again of waiting for its body
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

    /** Also ends requests that are running. */
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
            JsonNode body = Json.readOrMissing(errorBody(reply));
            throw new RefusedException(response.statusCode(), RetryAfter.of(response.headers(), Instant.now()), body);
        }
    }

    /** As much of the body as arrives in time: the error counts even if its body breaks off or does not end. */
    private static byte[] errorBody(Reply reply) throws InterruptedException {
        reply.closeAfter(ERROR_BODY_LIMIT);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] piece = new byte[8 * 1024];
        try {
            int read = 0;
            while (read >= 0 && body.size() < MAX_ERROR_BYTES) {
                body.write(piece, 0, read);
                read = reply.body().read(piece, 0, Math.min(piece.length, MAX_ERROR_BYTES - body.size()));
            }
            reply.complete();
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return body.toByteArray();
    }

    /** The JDK's exception contains the header that it rejects, which may be the key. */
    private static void setHeaders(HttpRequest.Builder request, Map<String, String> headers, Failures failures)
            throws ProviderException {
        try {
            headers.forEach(request::setHeader);
        } catch (IllegalArgumentException e) {
            throw failures.keyNotSendable();
        }
    }

    private HttpResponse<InputStream> awaitHead(HttpRequest request, Duration timeout, Failures failures)
            throws ProviderException, InterruptedException {
        CompletableFuture<HttpResponse<InputStream>> response = client.sendAsync(request, _ -> new ArrivingBody());
        try {
            return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            cancel(response);
            throw failures.noResponse(timeout);
        } catch (InterruptedException e) {
            cancel(response);
            throw e;
        } catch (ExecutionException e) {
            throw failures.unreachable();
        }
    }

    /** Closes the connection, even if the response has begun at this moment. */
    private static void cancel(CompletableFuture<HttpResponse<InputStream>> response) {
        response.cancel(true);
        response.thenAccept(late -> new Reply(late.body()).close());
    }
}
