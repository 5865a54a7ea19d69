package dev.parley.engine.state;

import java.time.Duration;

/**
 * What decisions depend on beside the log.
 *
 * @param lease a stream whose writer is silent for this time is taken over
 * @param stopPatience a stream whose writer does not carry out a stop within this time is taken over
 * @param standbyStep how much later each next standby acts
 * @param actingOwnerStep how much later each next acting owner acts
 * @param maxAttempts after this number of writers a stream fails
 * @param resume whether another writer finishes an answer; if not, it fails with the text so far
 * @param maxStreamsPerUser most open streams of a user
 */
public record DecisionSettings(
        Duration lease,
        Duration stopPatience,
        Duration standbyStep,
        Duration actingOwnerStep,
        int maxAttempts,
        boolean resume,
        int maxStreamsPerUser) {}
