package dev.parley.engine.kafka;

import dev.parley.engine.run.Appender;
import dev.parley.engine.view.LogView;
import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.ChatEvent.ConversationDeleted;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.log.Claim;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Appends with one idempotent producer that all streams share. */
final class KafkaAppender implements Appender {
    private final Producer<String, byte[]> producer;
    private final EventRecords records;

    KafkaAppender(Producer<String, byte[]> producer, String workerId) {
        this.producer = producer;
        this.records = new EventRecords(workerId);
    }

    @Override
    public CompletableFuture<Long> event(Address address, Claim claim, StreamEvent event) {
        return send(records.event(address.partition(), address.session(), claim, event, address.traceparent()));
    }

    @Override
    public CompletableFuture<Long> control(Address address, Claim claim, int n, Control control) {
        return send(records.control(address.partition(), address.session(), claim, n, control, address.traceparent()));
    }

    CompletableFuture<?> deletion(int partition, LogView.Deletion deletion) {
        SessionKey session = deletion.session();
        return send(
                records.deletion(partition, session, new ConversationDeleted(session.session()), deletion.command()));
    }

    CompletableFuture<?> checkpoint(Checkpoint checkpoint) {
        return send(checkpoint.record());
    }

    private CompletableFuture<Long> send(ProducerRecord<String, byte[]> record) {
        CompletableFuture<Long> appended = new CompletableFuture<>();
        try {
            producer.send(record, (metadata, failure) -> {
                if (failure == null) {
                    appended.complete(metadata.offset());
                } else {
                    appended.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException e) {
            appended.completeExceptionally(e);
        }
        return appended;
    }
}
