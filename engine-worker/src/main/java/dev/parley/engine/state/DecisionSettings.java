package dev.parley.engine.state;

import java.time.Duration;

/**
 * The numbers that decisions depend on.
 *
 * @param lease how long a writer may be silent
 * @param stopPatience how long a writer may leave a stop unanswered
 * @param standbyStep how much later each next standby acts
 * @param actingOwnerStep how much later each next one acts while nobody has the partition
 * @param maxAttempts after so many writers the stream fails
 * @param resume whether another writer finishes an answer; if not, it fails with the text so far
 * @param maxStreamsPerUser running at once
 */
public record DecisionSettings(
        Duration lease,
        Duration stopPatience,
        Duration standbyStep,
        Duration actingOwnerStep,
        int maxAttempts,
        boolean resume,
        int maxStreamsPerUser) {}
