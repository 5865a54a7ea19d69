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
 * A worker as a member of the group on {@code chat.commands}: the partitions that it owns, and the offsets that it commits. It fetches no
 * records: commands come from a {@link LogReader}.
 */
final class GroupMembership implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupMembership.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long COMMIT_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    /** The group waits for the commit when it gives partitions to others. Commands that are not committed then are read again and known to be done. */
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Supplier<Consumer<String, byte[]>> clients;
    private final Owner owner;
    private final Set<Integer> owned = new HashSet<>();
    private final Map<Integer, Long> committed = new HashMap<>();
    private volatile boolean leaving;
    private volatile boolean abandoned;

    /** The worker as an owner of partitions. Called on the membership's thread. */
    interface Owner {
        /** @param committed the committed offset of each partition that this worker owns now */
        void owns(Map<Integer, Long> committed);

        /** Of each owned partition the offset below which no command asks for anything. */
        Map<Integer, Long> done();
    }

    GroupMembership(Supplier<Consumer<String, byte[]>> clients, Owner owner) {
        this.clients = clients;
        this.owner = owner;
    }

    /** Leaves the group, which gives the partitions to other members. */
    void leave() {
        leaving = true;
    }

    /** Ends without leaving the group, as a crash would: the group waits until the session times out. */
    void abandon() {
        abandoned = true;
        leaving = true;
    }

    @Override
    public void run() {
        while (!leaving) {
            try {
                Consumer<String, byte[]> member = clients.get();
                try (Closing _ = () -> close(member)) {
                    takePart(member);
                }
            } catch (WakeupException | InterruptException e) {
                return;
            } catch (KafkaException e) {
                LOG.warn("The group of the workers cannot be reached, trying again in {} s", RETRY.toSeconds(), e);
                pause();
            }
        }
    }

    private void takePart(Consumer<String, byte[]> member) {
        member.subscribe(Set.of(Topics.COMMANDS), new Rebalances(member));
        long commitAt = System.nanoTime();
        while (!leaving) {
            member.poll(POLL);
            if (System.nanoTime() - commitAt >= 0) {
                commit(member);
                commitAt = System.nanoTime() + COMMIT_EVERY_NANOS;
            }
        }
        if (!abandoned) {
            commit(member);
        }
        owned.clear();
        owner.owns(Map.of());
    }

    private void close(Consumer<String, byte[]> member) {
        member.close(CloseOptions.timeout(CLOSE_TIMEOUT)
                .withGroupMembershipOperation(
                        abandoned ? GroupMembershipOperation.REMAIN_IN_GROUP : GroupMembershipOperation.LEAVE_GROUP));
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
            LOG.info("Offsets were not committed; the next commit includes them: {}", e.toString());
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
            if (!abandoned) {
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
            LOG.info("This worker owns partitions {}", owned);
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
