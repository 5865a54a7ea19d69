package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.testkit.GatewayNode;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;

@WithBackends
class AllowedOriginsIT {

    private final GatewayNode node;

    AllowedOriginsIT(Backends backends) {
        this.node = GatewayNode.shared(backends);
    }

    @Test
    void a_preflight_request_of_a_listed_page_needs_no_token() throws Exception {
        HttpResponse<Void> answer = send(request(GatewayNode.LISTED_ORIGIN)
                .header(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD, "POST")
                .header(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS, "authorization,content-type,last-event-id")
                .method("OPTIONS", BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN))
                .contains(GatewayNode.LISTED_ORIGIN);
        assertThat(answer.headers().allValues(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS))
                .singleElement()
                .asString()
                .contains("authorization", "last-event-id");
        assertThat(answer.headers().firstValue(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS))
                .isEmpty();
    }

    @Test
    void a_listed_page_may_read_the_response_and_its_retry_after_header() throws Exception {
        HttpResponse<Void> answer = send(request(GatewayNode.LISTED_ORIGIN)
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + node.token(Backends.unique("ada"))));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN))
                .contains(GatewayNode.LISTED_ORIGIN);
        assertThat(answer.headers().firstValue(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS))
                .contains(HttpHeaders.RETRY_AFTER);
    }

    @Test
    void other_pages_get_no_cors_headers() throws Exception {
        HttpResponse<Void> answer = send(request("https://evil.example")
                .header(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD, "POST")
                .method("OPTIONS", BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
    }

    private HttpRequest.Builder request(String origin) {
        return HttpRequest.newBuilder(node.uri("/api/conversations")).header(HttpHeaders.ORIGIN, origin);
    }

    private static HttpResponse<Void> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.discarding());
    }
}
