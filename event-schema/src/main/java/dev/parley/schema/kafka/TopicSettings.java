package dev.parley.schema.kafka;

/**
 * How missing topics are created; from {@code parley.topics}.
 *
 * @param partitions of commands and of events; 0 means 64. Fixed for the life of the topics
 * @param replicas of each topic; 0 means 1
 */
public record TopicSettings(int partitions, short replicas) {

    private static final int DEFAULT_PARTITIONS = 64;

    /** @throws IllegalArgumentException if a number is negative */
    public TopicSettings {
        if (partitions < 0 || replicas < 0) {
            throw new IllegalArgumentException(
                    "parley.topics: partitions and replicas must be 1 or more, or 0 for the default");
        }
        partitions = partitions == 0 ? DEFAULT_PARTITIONS : partitions;
        replicas = replicas == 0 ? 1 : replicas;
    }
}
