package dev.parley.engine.kafka;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.parley.engine.state.LogPosition;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.kafka.Topics;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import tools.jackson.core.JacksonException;

/**
 * A record of {@code chat.checkpoints}: from where a worker must read a partition to know all that matters of it. It is a function of the log,
 * and an older one is correct too: it does not matter which worker writes it, or which of two comes last.
 *
 * @param commands the next offset to read in {@code chat.commands}
 * @param events the next offset to read in {@code chat.events}
 * @param workerId the worker that wrote it
 * @param left whether that worker owned the partition and has left it
 */
record Checkpoint(
        int partition,
        long commands,
        long events,
        String workerId,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean left) {

    LogPosition position() {
        return new LogPosition(commands, events);
    }

    ProducerRecord<String, byte[]> record() {
        return new ProducerRecord<>(
                Topics.CHECKPOINTS,
                Integer.toString(partition),
                FrameCodec.mapper().writeValueAsBytes(this));
    }

    /** Empty if the record is not a checkpoint: a worker can do without. */
    static Optional<Checkpoint> of(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(FrameCodec.mapper().readValue(record.value(), Checkpoint.class))
                    .filter(found -> Integer.toString(found.partition()).equals(record.key()));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
