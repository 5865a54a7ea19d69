package dev.parley.engine.kafka;

import dev.parley.schema.kafka.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's position in the group on {@code chat.commands}: which partitions it acts for first, and the offsets below which all is done.
 * The commands themselves come by the tail; here nothing is fetched.
 */
final class GroupMembership implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupMembership.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long COMMIT_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    /** The group waits for it when it gives partitions to others. What is not committed then is read once more, and known to be done. */
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Supplier<Consumer<String, byte[]>> clients;
    private final Owner owner;
    private final Set<Integer> owned = new HashSet<>();
    private final Map<Integer, Long> committed = new HashMap<>();
    private volatile boolean leaving;
    private volatile boolean silently;

    /** Who acts for the partitions. Called on the membership's thread. */
    interface Owner {
        /** @param committed the committed offset of each partition that is now this worker's own */
        void owns(Map<Integer, Long> committed);

        /** Offsets below which every command of the owned partitions is done with. */
        Map<Integer, Long> done();
    }

    GroupMembership(Supplier<Consumer<String, byte[]>> clients, Owner owner) {
        this.clients = clients;
        this.owner = owner;
    }

    /** Leaves the group: others act for its partitions from then on. */
    void leave() {
        leaving = true;
    }

    /** Goes without a word, as the dead do: the group waits for it until its session times out. */
    void abandon() {
        silently = true;
        leaving = true;
    }

    @Override
    public void run() {
        while (!leaving) {
            try {
                Consumer<String, byte[]> member = clients.get();
                try (Closing _ = () -> close(member)) {
                    belong(member);
                }
            } catch (WakeupException | InterruptException e) {
                return;
            } catch (KafkaException e) {
                LOG.warn("the group of the workers cannot be reached, trying again", e);
                pause();
            }
        }
    }

    private void belong(Consumer<String, byte[]> member) {
        member.subscribe(Set.of(Topics.COMMANDS), new Rebalances(member));
        long commitAt = System.nanoTime();
        while (!leaving) {
            member.poll(POLL);
            if (System.nanoTime() - commitAt >= 0) {
                commit(member);
                commitAt = System.nanoTime() + COMMIT_EVERY_NANOS;
            }
        }
        if (!silently) {
            commit(member);
        }
        owned.clear();
        owner.owns(Map.of());
    }

    private void close(Consumer<String, byte[]> member) {
        member.close(CloseOptions.timeout(CLOSE_TIMEOUT)
                .withGroupMembershipOperation(
                        silently ? GroupMembershipOperation.REMAIN_IN_GROUP : GroupMembershipOperation.LEAVE_GROUP));
    }

    private interface Closing extends AutoCloseable {
        @Override
        void close();
    }

    private void commit(Consumer<String, byte[]> member) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        owner.done().forEach((partition, offset) -> {
            if (owned.contains(partition) && offset > committed.getOrDefault(partition, 0L)) {
                offsets.put(new TopicPartition(Topics.COMMANDS, partition), new OffsetAndMetadata(offset));
            }
        });
        if (offsets.isEmpty()) {
            return;
        }
        try {
            member.commitSync(offsets, COMMIT_TIMEOUT);
            offsets.forEach((partition, offset) -> committed.put(partition.partition(), offset.offset()));
        } catch (KafkaException e) {
            LOG.info("offsets were not committed, the next time does: {}", e.toString());
        }
    }

    private final class Rebalances implements ConsumerRebalanceListener {
        private final Consumer<String, byte[]> member;

        Rebalances(Consumer<String, byte[]> member) {
            this.member = member;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            member.pause(partitions);
            Map<TopicPartition, OffsetAndMetadata> found = member.committed(new HashSet<>(partitions));
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata offset = found.get(partition);
                owned.add(partition.partition());
                committed.put(partition.partition(), offset == null ? 0L : offset.offset());
            }
            tell();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (!silently) {
                commit(member);
            }
            onPartitionsLost(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> owned.remove(partition.partition()));
            tell();
        }

        private void tell() {
            LOG.info("this worker acts first for partitions {}", owned);
            owner.owns(owned.stream()
                    .collect(Collectors.toMap(
                            partition -> partition, partition -> committed.getOrDefault(partition, 0L))));
        }
    }

    private void pause() {
        try {
            Thread.sleep(RETRY);
        } catch (InterruptedException e) {
            leaving = true;
        }
    }
}
