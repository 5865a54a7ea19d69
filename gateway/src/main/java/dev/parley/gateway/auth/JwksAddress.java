package dev.parley.gateway.auth;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A JWKS over HTTP, within bounds of time and size, and from no other address than the configured one. */
final class JwksAddress implements JwksKeys.Source {

    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final long MAX_BYTES = 1024 * 1024;

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final HttpRequest request;

    JwksAddress(URI address) {
        this.request = HttpRequest.newBuilder(address)
                .timeout(TIMEOUT)
                .header("Accept", "application/json")
                .build();
    }

    @Override
    public String fetch() throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), MAX_BYTES));
        if (answer.statusCode() != 200) {
            throw new IOException("status " + answer.statusCode());
        }
        return answer.body();
    }
}
