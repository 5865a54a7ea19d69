package dev.parley.engine.kafka;

import dev.parley.engine.coordinator.Coordinator;
import dev.parley.engine.coordinator.StoreAnswer;
import dev.parley.engine.state.CommandRecord;
import dev.parley.engine.state.PartitionState;
import dev.parley.engine.stream.StreamTask;
import dev.parley.engine.writer.StreamWriter;
import dev.parley.engine.writer.WriterContext;
import dev.parley.schema.id.StreamId;
import dev.parley.service.kafka.deadletter.DeadLetterPublisher;
import dev.parley.service.logging.RateLimitedLog;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what the coordinator asks for, on other threads, and puts the outcome into the coordinator's inbox. */
final class CoordinatorEffects implements Coordinator.Effects {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorEffects.class);
    private static final TakeoverLog TAKEOVERS = new TakeoverLog(RateLimitedLog.warnings(LOG));
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final CoordinatorInbox coordinator;
    private final WriterContext context;
    private final StoreLookup store;
    private final DeletionWriter deletions;
    private final DeadLetterPublisher deadLetters;

    CoordinatorEffects(
            CoordinatorInbox coordinator,
            WriterContext context,
            StoreLookup store,
            KafkaAppender appender,
            DeadLetterPublisher deadLetters) {
        this.coordinator = coordinator;
        this.context = context;
        this.store = store;
        this.deletions = new DeletionWriter(
                appender::deletion,
                CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS),
                (partition, deletion) -> coordinator.execute(it -> it.deletionFailed(partition, deletion.session())));
        this.deadLetters = deadLetters;
    }

    @Override
    public StreamWriter start(StreamTask task) {
        TAKEOVERS.log(task);
        StreamWriter writer = new StreamWriter(
                task,
                context,
                ended -> coordinator.execute(
                        it -> it.ended(ended, context.nanos().getAsLong())));
        Thread.ofVirtual().name("stream-" + task.claim()).start(writer);
        return writer;
    }

    @Override
    public void ask(int partition, StreamId stream, long events) {
        Thread.ofVirtual().name("store-lookup").start(() -> {
            StoreAnswer answer = store.find(partition, stream, events);
            coordinator.execute(it ->
                    it.storeAnswered(partition, stream, answer, context.nanos().getAsLong()));
        });
    }

    @Override
    public void delete(int partition, PartitionState.Deletion deletion) {
        deletions.write(partition, deletion);
    }

    @Override
    public void deadLetter(CommandRecord.Unreadable command) {
        int partition = command.partition();
        long offset = command.offset();
        LOG.warn(
                "Command {}@{} cannot be read: {}. It goes to the dead-letter topic",
                partition,
                offset,
                command.reason());
        ConsumerRecord<String, byte[]> record = ((RecordDecoder.UnreadableCommand) command).record();
        deadLetters.publish(record, command.reason()).whenComplete((_, failure) -> {
            if (failure == null) {
                coordinator.execute(it -> it.deadLetterWritten(partition, offset));
            } else {
                LOG.error(
                        "Command {}@{} was not written to the dead-letter topic; trying again",
                        partition,
                        offset,
                        failure);
                coordinator.execute(it -> it.deadLetterFailed(partition, offset));
            }
        });
    }
}
