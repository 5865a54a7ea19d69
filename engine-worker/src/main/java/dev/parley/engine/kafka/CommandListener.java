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
 * Gives commands to the coordinator. While the coordinator is full, it reads ahead and gives only stops; when there is room, it goes back to the
 * first command that was not given. So a stop never waits behind many messages.
 */
final class CommandListener implements LogReader.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(CommandListener.class);

    private final Consumer<String, byte[]> consumer;
    private final Coordination coordinator;
    /** For each partition the next command to give, while only stops are given. */
    private final Map<TopicPartition, Long> given = new HashMap<>();
    /** For each partition the offset up to which stops were given ahead. */
    private final Map<TopicPartition, Long> scanned = new HashMap<>();

    private boolean ahead;

    /** The coordinator as this listener needs it. */
    interface Coordination {
        void commands(Iterable<ConsumerRecord<String, byte[]>> records) throws InterruptedException;

        void stopsAhead(Iterable<ConsumerRecord<String, byte[]>> records) throws InterruptedException;

        /** Whether it has as many unfinished messages as it may hold. */
        boolean isFull();

        /** Tells whether commands are given as they come. */
        void current(boolean areCurrent);

        /** All commands that were in the partition at the beginning were given, or at least their stops. */
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
                readAhead();
            } else {
                goBack();
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

    private void readAhead() {
        ahead = true;
        for (TopicPartition partition : consumer.assignment()) {
            long next = consumer.position(partition);
            given.put(partition, next);
            consumer.seek(partition, Math.max(next, scanned.getOrDefault(partition, 0L)));
        }
    }

    private void goBack() {
        ahead = false;
        for (TopicPartition partition : consumer.assignment()) {
            scanned.put(partition, consumer.position(partition));
            consumer.seek(partition, given.getOrDefault(partition, 0L));
        }
        LOG.info("Fewer messages are unfinished: messages are read again");
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
