package dev.parley.service.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

class RequiredThreadsTest {

    private final List<Integer> ended = new ArrayList<>();
    private final RequiredThreads threads = new RequiredThreads(ended::add);

    @Test
    void a_thread_that_ends_with_an_error_ends_the_process_once() {
        Runnable dies = threads.required(
                "sample",
                () -> {
                    throw new StackOverflowError();
                },
                () -> false);

        dies.run();
        dies.run();

        assertThat(ended).containsExactly(RequiredThreads.STATUS);
    }

    @Test
    void a_thread_that_returns_too_early_ends_the_process() {
        threads.required("sample", () -> {}, () -> false).run();

        assertThat(ended).containsExactly(RequiredThreads.STATUS);
    }

    @Test
    void a_thread_that_ends_because_the_process_closes_does_not_end_it() {
        threads.required(
                        "sample",
                        () -> {
                            throw new IllegalStateException("closed under it");
                        },
                        () -> true)
                .run();

        assertThat(ended).isEmpty();
    }

    /** Spring reports an application as ready when its runners have run. */
    @Test
    void an_application_whose_thread_ended_during_the_start_does_not_become_ready() {
        try (ConfigurableApplicationContext context = start(_ -> threads.died("sample", null))) {
            ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);

            assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
            assertThat(availability.getLivenessState()).isEqualTo(LivenessState.BROKEN);
            assertThat(ended).containsExactly(RequiredThreads.STATUS);
        }
    }

    @Test
    void an_application_is_ready_until_a_required_thread_ends() {
        try (ConfigurableApplicationContext context = start(_ -> {})) {
            ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);
            assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
            assertThat(availability.getLivenessState()).isEqualTo(LivenessState.CORRECT);

            threads.died("sample", null);

            assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
            assertThat(availability.getLivenessState()).isEqualTo(LivenessState.BROKEN);
        }
    }

    private ConfigurableApplicationContext start(ApplicationRunner runner) {
        SpringApplication application = new SpringApplication(Sample.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        application.addInitializers(context -> {
            GenericApplicationContext beans = (GenericApplicationContext) context;
            beans.registerBean(RequiredThreads.class, () -> threads);
            beans.registerBean(ApplicationRunner.class, () -> runner);
        });
        return application.run();
    }

    @Configuration(proxyBeanMethods = false)
    static class Sample {}
}
