package dev.parley.systemtests;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.measure.Latencies;
import dev.parley.systemtests.script.Script;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Sends new messages during a fault: one per partition in each round, each in a session of its own. */
final class NewMessages {

    private final FaultTest test;
    private final List<ChatClient> clients = new ArrayList<>();
    private final List<List<Running>> rounds = new ArrayList<>();

    /** Connects in advance, so that later only the messages take time. */
    NewMessages(FaultTest test) throws InterruptedException {
        this.test = test;
        for (int partition = 0; partition < FaultTest.PARTITIONS; partition++) {
            clients.add(test.connectTo(partition));
        }
    }

    /** Sends to all partitions at once; element n is in partition n. */
    List<Running> ask() {
        List<Running> round = clients.stream()
                .map(client -> test.ask(client, test.newId(), Script.of(5, 50)))
                .toList();
        rounds.add(round);
        return round;
    }

    /** Sends to all partitions at once, and returns when all have started. */
    List<Running> askAndAwaitStarts() throws InterruptedException {
        List<Running> round = ask();
        startTimes(round);
        return round;
    }

    List<Running> all() {
        return rounds.stream().flatMap(List::stream).toList();
    }

    /** From sending to the {@code stream_start} at the client. */
    Latencies startTimes(Collection<Running> some) throws InterruptedException {
        List<Long> nanos = new ArrayList<>();
        for (Running each : some) {
            test.withLog(each, () -> nanos.add(each.startedAfterNanos()));
        }
        return Latencies.ofNanos(nanos);
    }
}
