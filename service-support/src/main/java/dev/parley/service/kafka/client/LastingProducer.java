package dev.parley.service.kafka.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An idempotent producer that works again when its brokers do. Kafka's own fails for good once it is refused a producer id, for want of a
 * permission for instance: every later record fails without a request. This one is then replaced, at most once a second. What the old one had
 * not sent fails; order is kept by the log protocol, which never uses a claim again after a failed append. No transactions. Thread-safe.
 */
public final class LastingProducer implements Producer<String, byte[]> {

    static final Duration REPLACED_EVERY = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(LastingProducer.class);
    private static final String ERROR_STATE = "error state";

    private final Supplier<Producer<String, byte[]>> producers;
    private final LongSupplier nanos;
    private volatile Producer<String, byte[]> current;

    // guarded by this
    private long replacedAt;
    private boolean closed;

    /**
     * @param producers makes the first one now, and further ones when that has failed
     * @param nanos a clock that does not jump
     */
    public LastingProducer(Supplier<Producer<String, byte[]>> producers, LongSupplier nanos) {
        this.producers = producers;
        this.nanos = nanos;
        this.current = producers.get();
        this.replacedAt = nanos.getAsLong();
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<String, byte[]> record) {
        return send(record, null);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<String, byte[]> record, @Nullable Callback callback) {
        Producer<String, byte[]> used = current;
        try {
            return used.send(record, (metadata, failure) -> {
                if (failure != null && isForGood(failure)) {
                    replace(used);
                }
                if (callback != null) {
                    callback.onCompletion(metadata, failure);
                }
            });
        } catch (RuntimeException e) {
            if (isForGood(e)) {
                replace(used);
            }
            throw e;
        }
    }

    private static boolean isForGood(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ClusterAuthorizationException
                    || cause instanceof ProducerFencedException
                    || cause instanceof InvalidProducerEpochException
                    || cause instanceof UnsupportedVersionException
                    || (!(cause instanceof RetriableException)
                            && cause.getMessage() != null
                            && cause.getMessage().contains(ERROR_STATE))) {
                return true;
            }
        }
        return false;
    }

    /** The old one is closed aside: its callbacks run on its own thread, which a close would wait for. */
    private synchronized void replace(Producer<String, byte[]> failed) {
        long now = nanos.getAsLong();
        if (closed || current != failed || now - replacedAt < REPLACED_EVERY.toNanos()) {
            return;
        }
        replacedAt = now;
        current = producers.get();
        LOG.info("A producer that failed for good is replaced");
        Thread.ofVirtual().name("close-producer").start(() -> failed.close(Duration.ZERO));
    }

    @Override
    public void flush() {
        current.flush();
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        return current.partitionsFor(topic);
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return current.metrics();
    }

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        return current.clientInstanceId(timeout);
    }

    @Override
    public void close() {
        stop().close();
    }

    @Override
    public void close(Duration timeout) {
        stop().close(timeout);
    }

    private synchronized Producer<String, byte[]> stop() {
        closed = true;
        return current;
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {
        current.registerMetricForSubscription(metric);
    }

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {
        current.unregisterMetricFromSubscription(metric);
    }

    @Override
    public void initTransactions() {
        throw noTransactions();
    }

    @Override
    public void beginTransaction() {
        throw noTransactions();
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        throw noTransactions();
    }

    @Override
    public void commitTransaction() {
        throw noTransactions();
    }

    @Override
    public void abortTransaction() {
        throw noTransactions();
    }

    private static UnsupportedOperationException noTransactions() {
        return new UnsupportedOperationException("this producer has no transactions");
    }
}
