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
 * An idempotent producer that recovers from fatal errors. Kafka's producer enters a fatal error state when, for instance, a permission is missing
 * and it gets no producer id: every later send fails without a request. This class then creates a new producer, at most once a second. Records
 * that the old one had not sent fail. The log protocol keeps the order, because a claim is not used again after a failed append. No
 * transactions. Thread-safe.
 */
public final class RecoveringProducer implements Producer<String, byte[]> {

    static final Duration REPLACE_INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(RecoveringProducer.class);
    private static final String ERROR_STATE = "error state";

    private final Supplier<Producer<String, byte[]>> producers;
    private final LongSupplier nanos;
    private volatile Producer<String, byte[]> current;

    // guarded by this
    private long replacedAt;
    private boolean closed;

    /**
     * @param producers creates the first producer now, and another one after each fatal error
     * @param nanos a monotonic clock
     */
    public RecoveringProducer(Supplier<Producer<String, byte[]>> producers, LongSupplier nanos) {
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
                if (failure != null && isFatal(failure)) {
                    replace(used);
                }
                if (callback != null) {
                    callback.onCompletion(metadata, failure);
                }
            });
        } catch (RuntimeException e) {
            if (isFatal(e)) {
                replace(used);
            }
            throw e;
        }
    }

    private static boolean isFatal(Throwable failure) {
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

    /** The old producer is closed on another thread: this may be one of its callbacks, on its own thread, which close waits for. */
    private synchronized void replace(Producer<String, byte[]> failed) {
        long now = nanos.getAsLong();
        if (closed || current != failed || now - replacedAt < REPLACE_INTERVAL.toNanos()) {
            return;
        }
        replacedAt = now;
        current = producers.get();
        LOG.info("Replaced a Kafka producer that had a fatal error");
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
