package dev.parley.projection.reader;

import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;

/** Records that cannot be read, on their way to {@code chat.events.dlt}. Held until the broker has them. Not thread-safe. */
final class DeadLetters {

    private final DeadLetterPublisher publisher;
    private final ProjectionMetrics metrics;
    private List<Letter> held = new ArrayList<>();

    private record Letter(ConsumerRecord<String, byte[]> record, String reason) {}

    private record Sent(Letter letter, CompletableFuture<Void> fate) {}

    DeadLetters(DeadLetterPublisher publisher, ProjectionMetrics metrics) {
        this.publisher = publisher;
        this.metrics = metrics;
    }

    void hold(ConsumerRecord<String, byte[]> record, String reason) {
        held.add(new Letter(record, reason));
    }

    /**
     * Returns when the broker has all that was held.
     *
     * @throws KafkaException if it does not take some; those are held on
     */
    void deliver() {
        List<Sent> sent = held.stream()
                .map(letter -> new Sent(letter, publisher.publish(letter.record(), letter.reason())))
                .toList();
        held = new ArrayList<>();
        Throwable failure = null;
        for (Sent each : sent) {
            try {
                each.fate().join();
                metrics.deadLetter();
            } catch (CompletionException e) {
                held.add(each.letter());
                failure = e.getCause();
            }
        }
        if (failure != null) {
            throw new KafkaException("not delivered", failure);
        }
    }
}
