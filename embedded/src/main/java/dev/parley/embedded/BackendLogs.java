package dev.parley.embedded;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** Log levels that keep the embedded broker and store quiet during a normal start. */
public final class BackendLogs {

    /**
     * Logger and level, as for Spring Boot's {@code logging.level.<name>}. Loggers at {@code ERROR} warn of normal events: a first start,
     * a shutdown, an index that the store ignores.
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

    /** Sets the levels of loggers that have none, if Logback is used; otherwise does nothing. */
    public static void quiet() {
        if (LoggerFactory.getILoggerFactory().getClass().getName().startsWith("ch.qos.logback.")) {
            Logback.quiet();
        }
    }

    /** In a class of its own, because Logback is optional. */
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
