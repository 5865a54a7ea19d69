package dev.parley.service.kafka.client;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Creates all Kafka clients of a process. Keys are text, values are bytes.
 *
 * <p>With a meter registry, the metrics of a client are in it, as Micrometer names them ({@code kafka.consumer.*}, {@code
 * kafka.producer.*}), from its start until it is closed. Each such client needs a {@code client.id} of its own, which is a tag of all its meters.
 *
 * <p>Each method throws {@link org.apache.kafka.common.KafkaException} if the settings are invalid or no broker's name can be resolved.
 */
public final class KafkaClients {

    private final KafkaConnection connection;
    private final @Nullable MeterRegistry registry;

    private KafkaClients(KafkaConnection connection, @Nullable MeterRegistry registry) {
        this.connection = connection;
        this.registry = registry;
    }

    public static KafkaClients measured(KafkaConnection connection, MeterRegistry registry) {
        return new KafkaClients(connection, registry);
    }

    /** Without metrics. */
    public static KafkaClients unmeasured(KafkaConnection connection) {
        return new KafkaClients(connection, null);
    }

    /** A producer that recovers from fatal errors, see {@link RecoveringProducer}. */
    public Producer<String, byte[]> producer(ProducerKind kind) {
        Map<String, Object> settings = settings(kind);
        return new RecoveringProducer(() -> producer(settings), System::nanoTime);
    }

    private Producer<String, byte[]> producer(Map<String, Object> settings) {
        if (registry == null) {
            return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
        }
        MeteredProducer producer = new MeteredProducer(settings);
        producer.metrics.bindTo(registry);
        return producer;
    }

    public Consumer<String, byte[]> consumer(ConsumerKind kind) {
        if (registry == null) {
            return briefConsumer(kind);
        }
        MeteredConsumer consumer = new MeteredConsumer(kind.settings(connection.consumers()));
        consumer.metrics.bindTo(registry);
        return consumer;
    }

    /** A consumer for a single request, without metrics. Several may exist with the same {@code client.id}. */
    public Consumer<String, byte[]> briefConsumer(ConsumerKind kind) {
        return new KafkaConsumer<>(
                kind.settings(connection.consumers()), new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** Without metrics. */
    public Admin admin(AdminKind kind) {
        return Admin.create(kind.settings(connection.admins()));
    }

    /** The settings for a producer that a library creates. */
    public Map<String, Object> settings(ProducerKind kind) {
        return kind.settings(connection.producers());
    }

    /** Registers the metrics of a producer that a library created. @return to be closed before the producer */
    public KafkaClientMetrics bind(Producer<?, ?> producer) {
        KafkaClientMetrics metrics = new KafkaClientMetrics(producer);
        if (registry != null) {
            metrics.bindTo(registry);
        }
        return metrics;
    }

    private static final class MeteredConsumer extends KafkaConsumer<String, byte[]> {
        private final KafkaClientMetrics metrics = new KafkaClientMetrics(this);

        MeteredConsumer(Map<String, Object> settings) {
            super(settings, new StringDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public void close() {
            metrics.close();
            super.close();
        }

        @Deprecated
        @Override
        public void close(Duration timeout) {
            metrics.close();
            super.close(timeout);
        }

        @Override
        public void close(CloseOptions options) {
            metrics.close();
            super.close(options);
        }
    }

    private static final class MeteredProducer extends KafkaProducer<String, byte[]> {
        private final KafkaClientMetrics metrics = new KafkaClientMetrics(this);

        MeteredProducer(Map<String, Object> settings) {
            super(settings, new StringSerializer(), new ByteArraySerializer());
        }

        @Override
        public void close() {
            metrics.close();
            super.close();
        }

        @Override
        public void close(Duration timeout) {
            metrics.close();
            super.close(timeout);
        }
    }
}
