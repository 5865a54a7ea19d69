package dev.parley.gateway.http;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/** Keeps data of clients out of the log: Tomcat logs a path, parameter or header that it cannot parse, and it may contain a token. */
public final class QuietTomcatLog implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    private static final String BAD_REQUESTS = "org.apache.juli.logging.UserDataHelper.CONFIG";

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        // Tomcat reads it when its connectors are made, which is later
        if (System.getProperty(BAD_REQUESTS) == null) {
            System.setProperty(BAD_REQUESTS, "NONE");
        }
    }
}
