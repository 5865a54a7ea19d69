package dev.parley.standalone;

import dev.parley.embedded.BackendLogs;
import dev.parley.embedded.DiskFullException;
import dev.parley.embedded.Embedded;
import dev.parley.embedded.FolderInUseException;
import dev.parley.engine.EngineConfiguration;
import dev.parley.gateway.GatewayConfiguration;
import dev.parley.projection.ProjectionConfiguration;
import dev.parley.service.startup.SettingException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * All of Parley in one process. After the settings are checked, the services start in parallel with the broker and the store, wait for
 * them where they need them, and stop before them.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableConfigurationProperties(StandaloneSettings.class)
@Import({GatewayConfiguration.class, EngineConfiguration.class, ProjectionConfiguration.class})
public class StandaloneApplication {

    private static final int CANNOT_START = 1;
    private static final int KAFKA_BROKEN = 70;

    public static void main(String[] args) {
        // Before anything else: Kafka and other libraries format digits and change case by the default locale, and fail
        // in some.
        Locale.setDefault(Locale.ENGLISH);
        BackendLogs.quiet();
        var settings = launchSettings(args);
        settings.refusal().ifPresent(sentence -> end(CANNOT_START, sentence));
        var embedded = new EmbeddedStart(() -> start(settings));
        SpringApplication.getShutdownHandlers().add(embedded::close);
        var services = startServices(args, settings, embedded);
        Readiness.await(services);
        show(ReadyBanner.of(settings, embedded.join(), services).text(), services);
    }

    /** With structured logging on the console, the ready lines are written as a log record. */
    private static void show(String ready, ConfigurableApplicationContext services) {
        if (services.getEnvironment().containsProperty("logging.structured.format.console")) {
            LoggerFactory.getLogger("dev.parley.ready").info(ready.strip());
        } else {
            System.out.println(ready);
        }
    }

    private static LaunchSettings launchSettings(String... args) {
        try {
            return LaunchSettings.of(args);
        } catch (SettingException e) {
            end(CANNOT_START, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private static Embedded start(LaunchSettings settings) {
        try {
            var embedded = Embedded.start(settings.dataDir());
            embedded.failure().thenAccept(reason -> end(KAFKA_BROKEN, "The embedded Kafka failed: " + reason));
            return embedded;
        } catch (FolderInUseException | DiskFullException e) {
            end(CANNOT_START, String.valueOf(e.getMessage()));
            throw e;
        } catch (RuntimeException | Error e) {
            e.printStackTrace();
            end(
                    CANNOT_START,
                    "The embedded Kafka and store cannot start on " + settings.dataDir() + ": the cause is above.");
            throw e;
        }
    }

    private static ConfigurableApplicationContext startServices(
            String[] args, LaunchSettings settings, EmbeddedStart embedded) {
        var application = new SpringApplication(StandaloneApplication.class);
        application.setDefaultProperties(defaults());
        application.addInitializers(context -> {
            MutablePropertySources sources = context.getEnvironment().getPropertySources();
            sources.addFirst(new EmbeddedProperties(embedded));
            sources.addFirst(new MapPropertySource("launch", settings.properties()));
            // After the listener that checks the settings, which runs before all others.
            context.getBeanFactory()
                    .registerSingleton("embeddedStart", (BeanFactoryPostProcessor) _ -> embedded.begin());
        });
        try {
            return application.run(args);
        } catch (RuntimeException reported) {
            System.exit(CANNOT_START);
            throw reported;
        }
    }

    private static Map<String, Object> defaults() {
        var defaults = new HashMap<String, Object>();
        defaults.put("spring.config.name", "standalone,application");
        BackendLogs.LEVELS.forEach((logger, level) -> defaults.put("logging.level." + logger, level));
        return defaults;
    }

    /** Ends the process without closing anything: what would be closed has not started, or has failed. */
    private static void end(int status, String sentence) {
        System.setOut(new PrintStream(OutputStream.nullOutputStream())); // the message is the last line
        System.err.println(sentence);
        Runtime.getRuntime().halt(status);
    }
}
