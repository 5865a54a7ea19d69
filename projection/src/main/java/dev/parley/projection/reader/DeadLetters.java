package dev.parley.projection.reader;

import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;

/** Records that cannot be read, held until the broker has them in {@code chat.events.dlt}. Not thread-safe. */
final class DeadLetters {

    private final DeadLetterPublisher publisher;
    private final ProjectionMetrics metrics;
    private List<DeadLetter> held = new ArrayList<>();

    private record DeadLetter(ConsumerRecord<String, byte[]> record, String reason) {}

    private record Sending(DeadLetter letter, CompletableFuture<Void> result) {}

    DeadLetters(DeadLetterPublisher publisher, ProjectionMetrics metrics) {
        this.publisher = publisher;
        this.metrics = metrics;
    }

    void add(ConsumerRecord<String, byte[]> record, String reason) {
        held.add(new DeadLetter(record, reason));
    }

    /**
     * Sends all that are held and waits for the broker.
     *
     * @throws KafkaException if it does not take some; these stay held
     */
    void deliver() {
        List<Sending> sent = held.stream()
                .map(letter -> new Sending(letter, publisher.publish(letter.record(), letter.reason())))
                .toList();
        held = new ArrayList<>();
        Throwable failure = null;
        for (Sending each : sent) {
            try {
                each.result().join();
                metrics.deadLetter();
            } catch (CompletionException e) {
                held.add(each.letter());
                failure = e.getCause();
            }
        }
        if (failure != null) {
            throw new KafkaException(held.size() + " dead letters are not delivered", failure);
        }
    }
}
