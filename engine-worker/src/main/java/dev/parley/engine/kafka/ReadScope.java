package dev.parley.engine.kafka;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which partitions a worker reads. */
interface ReadScope extends AutoCloseable {
    /**
     * The partitions to read now; empty while they are not known, and then nothing changes.
     *
     * @param owned the partitions that the group gives to this worker
     * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
     */
    Optional<Set<Integer>> wanted(Set<Integer> owned) throws InterruptedException;

    @Override
    default void close() {}

    /** All partitions: if a worker dies, all others can take its streams over at once. */
    static ReadScope all(int partitions) {
        Set<Integer> all = IntStream.range(0, partitions).boxed().collect(Collectors.toUnmodifiableSet());
        return _ -> Optional.of(all);
    }
}
