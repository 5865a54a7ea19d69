package dev.parley.engine;

import java.util.Locale;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** A worker as a process of its own. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(EngineConfiguration.class)
public class EngineApplication {
    public static void main(String[] args) {
        // First of all: Kafka and others take letters and digits from the locale, and fail in some.
        Locale.setDefault(Locale.ENGLISH);
        SpringApplication application = new SpringApplication(EngineApplication.class);
        application.setDefaultProperties(Map.of("spring.config.name", "engine-worker,application"));
        application.run(args);
    }
}
