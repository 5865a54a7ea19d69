package dev.parley.prompt.assembly;

import dev.parley.prompt.assembly.TimeBudget.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * The helpers of one turn, all at work at the same time, each within its own budget. One that fails harms no other. Closing it ends
 * those that are not done. For one thread.
 */
final class ConcurrentCalls implements AutoCloseable {
    private final List<Part<?>> questions = new ArrayList<>();

    /** Starts what will be waited for. */
    <T> Part<T> start(TimeBudget helper, Callable<T> asked) {
        Part<T> question = helper.start(asked);
        questions.add(question);
        return question;
    }

    /** Starts what nobody waits for: the answer, if there is one in time, is told from another thread, once. */
    <T> void aside(TimeBudget helper, Callable<T> asked, Consumer<T> listener) {
        Part<T> question = start(helper, asked);
        Thread.ofVirtual().name(question.name() + "-aside").start(() -> {
            try {
                question.await().ifPresent(listener);
            } catch (InterruptedException e) {
                question.close();
            }
        });
    }

    /** Names of those of which it is known that they have no answer. */
    List<String> leftOut() {
        return questions.stream()
                .filter(Part::isLeftOut)
                .map(Part::name)
                .distinct()
                .toList();
    }

    @Override
    public void close() {
        questions.forEach(Part::close);
    }
}
