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
 * What a worker says of a partition in {@code chat.checkpoints}: from where another must read to know what it does. It follows from the
 * log alone, and an older one is as true; so it does not matter who writes it, nor which of two comes last.
 *
 * @param commands the next offset to read in {@code chat.commands}
 * @param events the next offset to read in {@code chat.events}
 * @param workerId who wrote it
 * @param left whether that worker had the partition and has left it
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

    /** Empty for what is none; a worker does without. */
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
