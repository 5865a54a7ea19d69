package dev.parley.engine.kafka;

import dev.parley.schema.kafka.TopicSetup;
import dev.parley.schema.kafka.Topics;
import dev.parley.service.kafka.client.AdminKind;
import dev.parley.service.kafka.client.ConsumerKind;
import dev.parley.service.kafka.client.KafkaClients;
import dev.parley.service.kafka.client.ProducerKind;
import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * The worker's Kafka clients.
 *
 * @param group of the workers
 * @param groupProtocol {@code consumer} or {@code classic}
 * @param lease within it the outcome of each append is known
 */
public record WorkerKafka(String workerId, String group, String groupProtocol, Duration lease, KafkaClients clients) {

    public Admin admin() {
        return clients.admin(new AdminKind.Named(workerId + "-admin"));
    }

    public Producer<String, byte[]> producer() {
        return clients.producer(writing("appends"));
    }

    public DeadLetterPublisher deadLetters() {
        return DeadLetterPublisher.of(clients, writing("dead-letters"), Topics.DLT_SUFFIX);
    }

    private ProducerKind writing(String what) {
        return new ProducerKind.Events(workerId + "-" + what, lease, TopicSetup.MAX_MESSAGE_BYTES);
    }

    /** Reads commands as they come: a stop waits for nothing. */
    public Consumer<String, byte[]> commandTail() {
        return clients.consumer(new ConsumerKind.Tail(workerId + "-commands"));
    }

    /** Reads commands of the past. */
    public Consumer<String, byte[]> pastCommands() {
        return clients.consumer(new ConsumerKind.Tail(workerId + "-past-commands"));
    }

    /** Asks how far the log goes, and how far the group is. */
    public Consumer<String, byte[]> surveyor() {
        return clients.briefConsumer(new ConsumerKind.Offsets(workerId + "-survey", group));
    }

    /** Reads events a little later and many at once: no user waits for this reader. */
    public Consumer<String, byte[]> eventTail() {
        return clients.consumer(new ConsumerKind.BatchedTail(workerId + "-events"));
    }

    public Consumer<String, byte[]> checkpointTail() {
        return clients.consumer(new ConsumerKind.Tail(workerId + "-checkpoints"));
    }

    /** The client id by which the group knows this worker. */
    public String memberId() {
        return workerId + "-member";
    }

    /** A member of the workers' group. */
    public Consumer<String, byte[]> member() {
        return clients.consumer(new ConsumerKind.Member(memberId(), group, groupProtocol));
    }
}
