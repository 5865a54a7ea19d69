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

/** A JWKS over HTTP, within bounds of time and size, and from no other address than the configured one. */
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

    /** The time counts to the end of the body: one that trickles in is given up, too. */
    @Override
    public String fetch() throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> asked =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(), MAX_BYTES));
        try {
            HttpResponse<String> answer = asked.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (answer.statusCode() != 200) {
                throw new IOException("status " + answer.statusCode());
            }
            return answer.body();
        } catch (ExecutionException e) {
            throw new IOException("no answer", e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer in time", e);
        } finally {
            asked.cancel(true);
        }
    }
}
