package dev.parley.service.kafka.metered;

import dev.parley.service.kafka.LastingProducer;
import dev.parley.service.kafka.LogProducers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Makes Kafka clients whose metrics are in a registry, as Micrometer names them ({@code kafka.consumer.*}, {@code kafka.producer.*}),
 * from their start until they are closed. Each client needs a {@code client.id} of its own, which is a tag of all its meters.
 *
 * @param registry where the meters are
 */
public record MeteredClients(MeterRegistry registry) {

    /** @throws org.apache.kafka.common.KafkaException if the settings make no sense */
    public <K, V> Consumer<K, V> consumer(Map<String, Object> settings, Deserializer<K> key, Deserializer<V> value) {
        MeteredConsumer<K, V> consumer = new MeteredConsumer<>(settings, key, value);
        consumer.metrics.bindTo(registry);
        return consumer;
    }

    /**
     * One that loses nothing in silence and keeps the order, see {@link LogProducers}, and is there for as long as its process, see {@link
     * LastingProducer}.
     *
     * @param settings addresses, security, time-outs
     * @throws org.apache.kafka.common.KafkaException if the settings make no sense
     */
    public Producer<String, byte[]> producer(Map<String, Object> settings) {
        return new LastingProducer(() -> bound(settings), System::nanoTime);
    }

    private Producer<String, byte[]> bound(Map<String, Object> settings) {
        MeteredProducer producer = new MeteredProducer(LogProducers.settings(settings));
        producer.metrics.bindTo(registry);
        return producer;
    }

    /** Binds a producer that a library made. @return to be closed before the producer */
    public KafkaClientMetrics bind(Producer<?, ?> producer) {
        KafkaClientMetrics metrics = new KafkaClientMetrics(producer);
        metrics.bindTo(registry);
        return metrics;
    }

    private static final class MeteredConsumer<K, V> extends KafkaConsumer<K, V> {
        private final KafkaClientMetrics metrics = new KafkaClientMetrics(this);

        MeteredConsumer(Map<String, Object> settings, Deserializer<K> key, Deserializer<V> value) {
            super(settings, key, value);
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
