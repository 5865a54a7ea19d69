package dev.parley.service.startup;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code parley.topics}: how missing topics are created.
 *
 * @param partitions of commands and of events; 0 means 64. Fixed for the life of the topics
 * @param replicas of each topic; 0 means 1
 */
@ConfigurationProperties(Groups.TOPICS)
public record TopicProperties(
        @DefaultValue("64") @Min(0) @Max(10_000) int partitions,
        @DefaultValue("1") @Min(0) @Max(1_000) short replicas) {}
