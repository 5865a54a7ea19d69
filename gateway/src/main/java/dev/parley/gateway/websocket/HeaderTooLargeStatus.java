package dev.parley.gateway.websocket;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.res.StringManager;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.HttpStatus;

/** Answers too long request headers with 431, as HTTP defines it; Tomcat answers 400, as for any request that it cannot parse. */
public final class HeaderTooLargeStatus implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        factory.addEngineValves(new StatusValve());
    }

    /** Tomcat passes a request that it cannot parse to its valves, with the reason, for an error page; no servlet sees it. */
    private static final class StatusValve extends ValveBase {

        private static final String TOO_LONG =
                StringManager.getManager(Http11InputBuffer.class).getString("iib.requestheadertoolarge.error");

        StatusValve() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            if (response.getStatus() == HttpServletResponse.SC_BAD_REQUEST
                    && request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof IllegalArgumentException why
                    && TOO_LONG.equals(why.getMessage())) {
                response.setStatus(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE.value());
            }
            getNext().invoke(request, response);
        }
    }
}
