package dev.parley.engine.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.command.ChatContext;
import dev.parley.schema.command.Command;
import dev.parley.schema.command.OnBusy;
import dev.parley.schema.command.Priority;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.CommandRecords;
import dev.parley.schema.kafka.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommandListenerTest {
    private static final TopicPartition PARTITION = new TopicPartition(Topics.COMMANDS, 0);
    private static final UserId USER = new UserId("ada");
    private static final SessionId SESSION = new SessionId("s");

    private final List<Command> log = new ArrayList<>();
    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    private final Coordination coordinator = new Coordination();
    private final CommandListener listener = new CommandListener(consumer, coordinator);

    /** Records what it is given, in order. */
    private static final class Coordination implements CommandListener.Coordination {
        final List<String> given = new ArrayList<>();
        boolean full;
        boolean current;

        @Override
        public void commands(Iterable<ConsumerRecord<String, byte[]>> records) {
            records.forEach(record -> given.add("command " + record.offset()));
        }

        @Override
        public void stopsAhead(Iterable<ConsumerRecord<String, byte[]>> records) {
            records.forEach(record -> given.add("stop " + record.offset()));
        }

        @Override
        public boolean isFull() {
            return full;
        }

        @Override
        public void current(boolean areCurrent) {
            current = areCurrent;
        }

        @Override
        public void caughtUp(int partition) {
            given.add("caught up");
        }
    }

    @BeforeEach
    void begin() {
        consumer.assign(Set.of(PARTITION));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.seek(PARTITION, 0);
    }

    private void chat() {
        append(new Command.ChatStream(
                new MessageId("m" + log.size()),
                SESSION,
                USER,
                "Hello?",
                ChatContext.NONE,
                OnBusy.ENQUEUE,
                Priority.MEDIUM,
                Instant.EPOCH,
                "gw"));
    }

    private void stop() {
        append(new Command.StopGeneration(new MessageId("m0"), SESSION, USER, Instant.EPOCH, "gw"));
    }

    private void append(Command command) {
        log.add(command);
    }

    /** One poll of the reader. */
    private List<String> round() throws InterruptedException {
        coordinator.given.clear();
        for (long offset = consumer.position(PARTITION); offset < log.size(); offset++) {
            consumer.addRecord(record(offset, CommandRecords.of(log.get((int) offset), 1, null)));
        }
        listener.read(consumer.poll(Duration.ZERO));
        return coordinator.given;
    }

    private static ConsumerRecord<String, byte[]> record(long offset, ProducerRecord<String, byte[]> sent) {
        return new ConsumerRecord<>(
                Topics.COMMANDS,
                0,
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                sent.key(),
                sent.value(),
                sent.headers(),
                Optional.empty());
    }

    @Test
    void commands_are_given_in_order() throws Exception {
        chat();
        stop();

        assertThat(round()).containsExactly("command 0", "command 1");
        assertThat(coordinator.current).isTrue();
    }

    @Test
    void while_the_coordinator_is_full_only_stops_are_given_and_afterwards_each_command_once() throws Exception {
        chat();
        coordinator.full = true;
        assertThat(round()).containsExactly("command 0");
        chat();
        stop();
        chat();
        assertThat(round()).containsExactly("stop 2");
        assertThat(coordinator.current).isFalse();
        stop();
        assertThat(round()).containsExactly("stop 4");

        coordinator.full = false;
        assertThat(round()).isEmpty();
        assertThat(round()).containsExactly("command 1", "command 2", "command 3", "command 4");
        assertThat(coordinator.current).isTrue();
    }

    @Test
    void commands_that_were_searched_for_stops_are_not_searched_again() throws Exception {
        chat();
        coordinator.full = true;
        round();
        stop();
        chat();
        round();
        coordinator.full = false;
        round();
        coordinator.full = true;
        assertThat(round()).containsExactly("command 1", "command 2");
        assertThat(consumer.position(PARTITION)).isEqualTo(3);
        stop();

        assertThat(round()).containsExactly("stop 3");
    }

    @Test
    void a_partition_that_begins_while_only_stops_are_given_is_given_whole_afterwards() throws Exception {
        chat();
        round();
        coordinator.full = true;
        round();
        TopicPartition later = new TopicPartition(Topics.COMMANDS, 1);
        consumer.assign(Set.of(PARTITION, later));
        consumer.seek(later, 7);
        listener.begins(later, 7);
        consumer.seek(later, 9); // read ahead

        coordinator.full = false;
        round();

        assertThat(consumer.position(later)).isEqualTo(7);
        assertThat(consumer.position(PARTITION)).isEqualTo(1);
    }
}
