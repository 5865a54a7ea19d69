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

/** Answers a head that is too long with 431, as the standard has it; Tomcat calls it 400, like any other that it cannot read. */
public final class HeaderTooLargeStatus implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        factory.addEngineValves(new Renaming());
    }

    /** Tomcat hands what it could not read to its valves, with the reason, to have an error page written; no servlet sees it. */
    private static final class Renaming extends ValveBase {

        private static final String TOO_LONG =
                StringManager.getManager(Http11InputBuffer.class).getString("iib.requestheadertoolarge.error");

        Renaming() {
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
