package dev.parley.projection;

import java.util.Locale;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The projection as a process of its own. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ProjectionConfiguration.class)
public class ProjectionApplication {

    public static void main(String[] args) {
        // Before anything else: Kafka and other libraries format numbers in the default locale, and fail in some.
        Locale.setDefault(Locale.ENGLISH);
        SpringApplication application = new SpringApplication(ProjectionApplication.class);
        application.setDefaultProperties(Map.of("spring.config.name", "projection,application"));
        application.run(args);
    }
}
