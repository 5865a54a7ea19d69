package dev.parley.engine.kafka;

import dev.parley.engine.state.PartitionState;
import dev.parley.engine.stream.StreamAddress;
import dev.parley.engine.writer.Appender;
import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.ChatEvent.ConversationDeleted;
import dev.parley.schema.event.ChatEvent.StreamKeepalive;
import dev.parley.schema.event.ChatEvent.StreamTakeover;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.kafka.EventRecords;
import dev.parley.schema.log.Claim;
import dev.parley.service.kafka.AppendHealth;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Appends with one idempotent producer, which all streams share. */
final class KafkaAppender implements Appender {
    private final Producer<String, byte[]> producer;
    private final EventRecords records;
    private final AppendHealth health;
    private volatile @Nullable Failed failed;

    /** The partition and the key of the last append that failed. */
    private record Failed(int partition, SessionKey session) {}

    /** @param health is told the outcome of each append but those of probes and checkpoints */
    KafkaAppender(Producer<String, byte[]> producer, String workerId, AppendHealth health) {
        this.producer = producer;
        this.records = new EventRecords(workerId);
        this.health = health;
    }

    /**
     * Appends a record without effect, a keepalive of a stream that does not exist, to the partition and under the key of the last append that
     * failed: a key is in one partition only. The health is not told the outcome.
     */
    CompletableFuture<?> probe() {
        Failed last = failed;
        if (last == null) {
            return CompletableFuture.completedFuture(null);
        }
        String id = UUID.randomUUID().toString();
        StreamKeepalive withoutEffect = new StreamKeepalive(new MessageId("probe-" + id));
        Claim claim = new Claim(1, id.replace("-", "")); // of 32 characters, the most that a token has
        return send(records.control(last.partition(), last.session(), claim, 0, withoutEffect, null));
    }

    @Override
    public CompletableFuture<Long> event(StreamAddress address, Claim claim, StreamEvent event) {
        return observed(
                address.partition(),
                address.session(),
                event instanceof StreamStart start
                        ? records.start(
                                address.partition(),
                                address.session(),
                                claim,
                                start,
                                address.folded(),
                                address.traceparent())
                        : records.event(address.partition(), address.session(), claim, event, address.traceparent()));
    }

    @Override
    public CompletableFuture<Long> control(StreamAddress address, Claim claim, int n, Control control) {
        return observed(
                address.partition(),
                address.session(),
                control instanceof StreamTakeover takeover
                        ? records.takeover(
                                address.partition(),
                                address.session(),
                                claim,
                                n,
                                takeover,
                                address.folded(),
                                address.traceparent())
                        : records.control(
                                address.partition(), address.session(), claim, n, control, address.traceparent()));
    }

    CompletableFuture<?> deletion(int partition, PartitionState.Deletion deletion) {
        SessionKey session = deletion.session();
        return observed(
                partition,
                session,
                records.deletion(
                        partition,
                        session,
                        new ConversationDeleted(session.session()),
                        deletion.command(),
                        deletion.folded()));
    }

    CompletableFuture<?> checkpoint(Checkpoint checkpoint) {
        return send(checkpoint.record());
    }

    private CompletableFuture<Long> observed(int partition, SessionKey session, ProducerRecord<String, byte[]> record) {
        return send(record).whenComplete((_, failure) -> {
            if (failure == null) {
                health.succeeded();
            } else {
                failed = new Failed(partition, session);
                health.failed(failure);
            }
        });
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
