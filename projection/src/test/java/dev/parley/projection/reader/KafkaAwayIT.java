package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.EmbeddedKafka;
import dev.parley.projection.turn.Chaos;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.kafka.Topics;
import dev.parley.store.testing.InMemoryTurnStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a broker of its own, which is stopped and started. */
class KafkaAwayIT {

    private static final Duration SOON = Duration.ofSeconds(90);

    @Test
    void a_broker_that_is_unavailable_at_the_start_or_later_is_waited_for(@TempDir Path folder) throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(folder);
        String address = kafka.bootstrapServers();
        kafka.close();
        InMemoryTurnStore turns = new InMemoryTurnStore();
        WatchedStore store = new WatchedStore(turns);
        try (var service = Service.start(address, "g", store)) {
            assertThat(service.projection.status()).isEqualTo(Projection.Status.STARTING);
            assertThat(service.projection.unready()).isPresent();
            kafka = EmbeddedKafka.start(folder);
            assertThat(kafka.bootstrapServers()).isEqualTo(address);
            store.await(SOON, "reading", () -> service.projection.status() == Projection.Status.READING);
            send(address, 1);
            store.await(SOON, "the first documents", () -> isWritten(turns, 1));
            store.await(SOON, "ready", () -> service.projection.unready().isEmpty());

            kafka.close();
            store.await(SOON, "not ready", () -> service.projection.unready().isPresent());
            assertThat(service.projection.unready()).hasValue("Kafka has not answered for more than 4000 ms");
            kafka = EmbeddedKafka.start(folder);
            send(address, 2);
            store.await(SOON, "the documents after the restart", () -> isWritten(turns, 1) && isWritten(turns, 2));
            store.await(SOON, "ready again", () -> service.projection.unready().isEmpty());
        } finally {
            kafka.close();
        }
    }

    private static Chaos chaos(int seed) {
        return Chaos.of(new Random(seed), 100, true, "u" + seed);
    }

    private static boolean isWritten(InMemoryTurnStore turns, int seed) {
        var documents = turns.messages();
        return chaos(seed).expected().entrySet().stream().allMatch(entry -> {
            var document = documents.get(RecordKey.encode(entry.getKey().user()) + "/"
                    + entry.getKey().message());
            return document != null
                    && entry.getValue().status().equals(document.getString("status"))
                    && (entry.getValue().status().equals("deleted")
                            || entry.getValue().text().equals(document.getString("content")));
        });
    }

    private static void send(String address, int seed) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", address, "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.partitionsFor(Topics.EVENTS);
            List<ProducerRecord<String, byte[]>> records = chaos(seed).log().toSend(0);
            for (int index = 0; index < records.size(); index++) {
                SentOffsets.plan(records.get(index), "log " + seed, index);
            }
            new SentOffsets().send(producer, records, SentOffsets.ends(address));
        }
    }
}
