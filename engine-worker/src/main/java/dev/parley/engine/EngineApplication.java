package dev.parley.engine;

import java.util.Locale;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** Runs a worker in a process of its own. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(EngineConfiguration.class)
public class EngineApplication {
    public static void main(String[] args) {
        // Before anything else: Kafka and other libraries format numbers in the default locale, and some locales break
        // them.
        Locale.setDefault(Locale.ENGLISH);
        SpringApplication application = new SpringApplication(EngineApplication.class);
        application.setDefaultProperties(Map.of("spring.config.name", "engine-worker,application"));
        application.run(args);
    }
}
