package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoException;
import dev.parley.gateway.GatewayMetrics;
import dev.parley.gateway.relay.Relay;
import dev.parley.gateway.testkit.Windows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

class ProblemHandlerTest {

    private final ProblemHandler problems =
            new ProblemHandler(new GatewayMetrics(new SimpleMeterRegistry(), new Relay(Windows.of(1, 1, 1)), () -> 0));

    /** After a problem document, half an export would look complete. */
    @Test
    void a_response_that_has_begun_is_broken_off_by_the_web_server() {
        HttpServletResponse begun = response(true);
        MongoException away = new MongoException("away");
        IllegalStateException bug = new IllegalStateException("bug");

        assertThatThrownBy(() -> problems.database(away, begun)).isSameAs(away);
        assertThatThrownBy(() -> problems.other(bug, begun)).isSameAs(bug);
    }

    @Test
    void a_response_that_has_not_begun_has_the_error_unless_the_client_is_gone() throws Exception {
        HttpServletResponse fresh = response(false);
        IOException gone = new IOException("gone");

        assertThat(problems.database(new MongoException("away"), fresh).getStatusCode())
                .isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(problems.other(new IllegalStateException("bug"), fresh).getStatusCode())
                .isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
        assertThatThrownBy(() -> problems.other(gone, fresh)).isSameAs(gone);
    }

    private static HttpServletResponse response(boolean committed) {
        return (HttpServletResponse) Proxy.newProxyInstance(
                ProblemHandlerTest.class.getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (_, method, _) -> {
                    assertThat(method.getName()).isEqualTo("isCommitted");
                    return committed;
                });
    }
}
