package dev.parley.gateway.http;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Keeps what clients send out of the log: Tomcat writes the path, the parameter or the header that it cannot read into it, and a
 * token may be there.
 */
public final class QuietTomcatLog implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    private static final String BAD_REQUESTS = "org.apache.juli.logging.UserDataHelper.CONFIG";

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        // Tomcat reads it when its connectors are made: after this.
        if (System.getProperty(BAD_REQUESTS) == null) {
            System.setProperty(BAD_REQUESTS, "NONE");
        }
    }
}
