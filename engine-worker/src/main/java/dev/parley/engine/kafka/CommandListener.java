package dev.parley.engine.kafka;

import dev.parley.schema.kafka.CommandRecords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives commands to the coordinator. While the coordinator has as many as it can hold, only the stops among the further ones: reading goes on ahead of
 * what was given, and comes back to it when there is room. So a stop never waits behind a crowd of messages.
 */
final class CommandListener implements LogReader.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(CommandListener.class);

    private final Consumer<String, byte[]> consumer;
    private final Coordination coordinator;
    /** The next command to give, of each partition, while only stops are given. */
    private final Map<TopicPartition, Long> given = new HashMap<>();
    /** How far stops were looked for. */
    private final Map<TopicPartition, Long> scanned = new HashMap<>();

    private boolean ahead;

    /** The coordinator as this listener needs it. */
    interface Coordination {
        void commands(Iterable<ConsumerRecord<String, byte[]>> records) throws InterruptedException;

        void stopsAhead(Iterable<ConsumerRecord<String, byte[]>> records) throws InterruptedException;

        /** Whether it has as many messages as it can hold. */
        boolean isFull();

        /** Whether commands are given as they come. */
        void current(boolean areCurrent);

        /** All that was in the partition at the beginning was given, or searched for stops. */
        void caughtUp(int partition);
    }

    CommandListener(Consumer<String, byte[]> consumer, Coordination coordinator) {
        this.consumer = consumer;
        this.coordinator = coordinator;
    }

    @Override
    public void read(ConsumerRecords<String, byte[]> records) throws InterruptedException {
        if (ahead) {
            giveStops(records);
        } else if (!records.isEmpty()) {
            coordinator.commands(records);
        }
        boolean full = coordinator.isFull();
        if (full != ahead) {
            if (full) {
                goAhead();
            } else {
                comeBack();
            }
        }
        coordinator.current(!ahead);
    }

    private void giveStops(ConsumerRecords<String, byte[]> records) throws InterruptedException {
        List<ConsumerRecord<String, byte[]>> stops = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            if (CommandRecords.isStop(record)) {
                stops.add(record);
            }
        }
        if (!stops.isEmpty()) {
            coordinator.stopsAhead(stops);
        }
    }

    private void goAhead() {
        ahead = true;
        for (TopicPartition partition : consumer.assignment()) {
            long next = consumer.position(partition);
            given.put(partition, next);
            consumer.seek(partition, Math.max(next, scanned.getOrDefault(partition, 0L)));
        }
    }

    private void comeBack() {
        ahead = false;
        for (TopicPartition partition : consumer.assignment()) {
            scanned.put(partition, consumer.position(partition));
            consumer.seek(partition, given.getOrDefault(partition, 0L));
        }
        LOG.info("messages are read again");
    }

    @Override
    public void begins(TopicPartition partition, long offset) {
        if (ahead) {
            given.put(partition, offset);
        }
    }

    @Override
    public void ends(TopicPartition partition) {
        given.remove(partition);
        scanned.remove(partition);
    }

    @Override
    public void caughtUp(int partition) {
        coordinator.caughtUp(partition);
    }
}
