package dev.parley.gateway.auth;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads a JWKS over HTTP, within bounds of time and size. Redirects are not followed. */
final class JwksHttpSource implements JwksKeys.Source {

    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final long MAX_BYTES = 1024 * 1024;

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final HttpRequest request;

    JwksHttpSource(URI address) {
        this.request = HttpRequest.newBuilder(address)
                .header("Accept", "application/json")
                .build();
    }

    /** The time-out includes the body, so that a slow one fails too. */
    @Override
    public String fetch() throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> response =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(), MAX_BYTES));
        try {
            HttpResponse<String> received = response.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (received.statusCode() != 200) {
                throw new IOException("status " + received.statusCode());
            }
            return received.body();
        } catch (ExecutionException e) {
            throw new IOException("no answer", e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer in time", e);
        } finally {
            response.cancel(true);
        }
    }
}
