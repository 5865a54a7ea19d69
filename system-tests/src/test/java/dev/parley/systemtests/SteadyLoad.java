package dev.parley.systemtests;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.script.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Users who send the next message as soon as they have their answer, until they are stopped. */
final class SteadyLoad {

    private static final int BOUND_S = 60;

    private final ConcurrentLinkedQueue<Running> asked = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<Void>> users = new ArrayList<>();
    private final List<Phaser> answers = new ArrayList<>();
    private volatile boolean enough;

    /** The users are spread evenly over the partitions. */
    static SteadyLoad begin(FaultTest test, int users, Supplier<Script> scripts) throws InterruptedException {
        var load = new SteadyLoad();
        for (int n = 0; n < users; n++) {
            ChatClient client = test.connectTo(n % FaultTest.PARTITIONS);
            var answered = new Phaser(1);
            load.answers.add(answered);
            load.users.add(CompletableFuture.runAsync(
                    () -> load.askOnAndOn(test, client, scripts, answered),
                    Executors.newVirtualThreadPerTaskExecutor()));
        }
        return load;
    }

    /** Returns when each user has sent a message since the call and has its answer. */
    void awaitAnotherRound() throws InterruptedException {
        List<Integer> before = answers.stream().map(Phaser::getPhase).toList();
        for (int n = 0; n < users.size(); n++) {
            try {
                answers.get(n).awaitAdvanceInterruptibly(before.get(n), BOUND_S, TimeUnit.SECONDS);
                answers.get(n).awaitAdvanceInterruptibly(before.get(n) + 1, BOUND_S, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError("a user has waited for an answer for more than " + BOUND_S + " s", e);
            }
        }
    }

    /** Sends nothing more. @return all streams, when they are over */
    List<Running> finish() throws InterruptedException {
        enough = true;
        for (CompletableFuture<Void> user : users) {
            try {
                user.get(BOUND_S, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new AssertionError("a user did not get its answers", e);
            }
        }
        return List.copyOf(asked);
    }

    private void askOnAndOn(FaultTest test, ChatClient client, Supplier<Script> scripts, Phaser answered) {
        try {
            while (!enough) {
                Running next = test.ask(client, "s-1", scripts.get());
                asked.add(next);
                test.withLog(next, () -> next.answer().awaitEnd());
                answered.arrive();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            answered.forceTermination();
        }
    }
}
