package dev.parley.gateway.testkit;

import dev.parley.embedded.testing.Backends;
import dev.parley.schema.kafka.ProjectionPosition;
import dev.parley.schema.kafka.TopicSettings;
import dev.parley.schema.kafka.TopicSetup;
import dev.parley.schema.kafka.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Commits positions for the projection, which does not run in these tests. */
public final class Projected {

    private static final int PARTITIONS = 4;
    private static final Duration BOUND = Duration.ofSeconds(20);

    private Projected() {}

    /** A position beyond all records, so that what the store lacks does not exist. */
    public static void everything(Backends backends) {
        upTo(backends, ProjectionPosition.DEFAULT_GROUP, Long.MAX_VALUE);
    }

    /** Commits this offset for every partition. */
    public static void upTo(Backends backends, String group, long offset) {
        Map<String, Object> settings = Map.of("bootstrap.servers", backends.bootstrapServers());
        try (Admin admin = Admin.create(settings)) {
            TopicSetup.ensure(admin, new TopicSettings(PARTITIONS, (short) 1), BOUND);
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                offsets.put(
                        new TopicPartition(Topics.EVENTS, partition),
                        new OffsetAndMetadata(0, ProjectionPosition.metadata(offset)));
            }
            admin.alterConsumerGroupOffsets(group, offsets).all().get(BOUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("The position of the projection cannot be committed", e);
        }
    }
}
