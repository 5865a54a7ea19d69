package dev.parley.schema.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequiredThreadsTest {

    private final List<Integer> ended = new ArrayList<>();
    private final RequiredThreads threads = new RequiredThreads(ended::add);

    @Test
    void one_that_dies_of_an_error_ends_the_process_once() {
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
    void one_that_returns_too_early_ends_it_too() {
        threads.required("sample", () -> {}, () -> false).run();

        assertThat(ended).containsExactly(RequiredThreads.STATUS);
    }

    @Test
    void one_that_ends_because_the_process_closes_does_not() {
        threads.required(
                        "sample",
                        () -> {
                            throw new IllegalStateException("closed under it");
                        },
                        () -> true)
                .run();

        assertThat(ended).isEmpty();
    }
}
