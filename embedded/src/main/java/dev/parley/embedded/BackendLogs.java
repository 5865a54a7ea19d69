package dev.parley.embedded;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** How to make quiet what runs in here, which says a lot in a start that goes well. */
public final class BackendLogs {

    /**
     * Logger and level, in the form of Spring Boot's {@code logging.level.<name>}. Those at {@code ERROR} warn of
     * what is no trouble or documented: a first start, each shutdown, indexes that the store ignores.
     */
    public static final Map<String, String> LEVELS = Map.of(
            "kafka", "WARN",
            "org.apache.kafka", "WARN",
            "org.apache.kafka.controller.QuorumController", "ERROR",
            "org.apache.kafka.clients.NetworkClient", "ERROR",
            "state.change.logger", "WARN",
            "de.bwaldvogel.mongo", "WARN",
            "de.bwaldvogel.mongo.MongoServer", "ERROR",
            "de.bwaldvogel.mongo.backend.AbstractMongoDatabase", "ERROR",
            "io.netty", "WARN",
            "org.mongodb.driver", "WARN");

    private BackendLogs() {}

    /** Sets those that have no level yet, where Logback does the logging; else does nothing. */
    public static void quiet() {
        if (LoggerFactory.getILoggerFactory().getClass().getName().startsWith("ch.qos.logback.")) {
            Logback.quiet();
        }
    }

    /** Apart, because Logback is optional. */
    private static final class Logback {

        static void quiet() {
            var context = (LoggerContext) LoggerFactory.getILoggerFactory();
            LEVELS.forEach((name, level) -> {
                var logger = context.getLogger(name);
                if (logger.getLevel() == null) {
                    logger.setLevel(Level.valueOf(level));
                }
            });
        }
    }
}
