package dev.parley.engine.coordinator;

import dev.parley.engine.state.PartitionState;
import java.time.Duration;

/**
 * Bounds of a worker.
 *
 * @param maxRunning streams that run at once
 * @param agingStep after so long a waiting message counts as one priority higher
 * @param standbySlots over how many ranks the workers that do not own a partition are spread; 0: a worker acts only for its own
 * @param doubt for so long after a record of unknown fate, and after the group gave it a partition that another may still have, a worker
 *     asks the model only when the log has taken the stream's start
 * @param stall after such a gap in its own rounds a worker does not take silence for death
 * @param mostIds ids of messages that are remembered of one partition, 16 bytes each
 * @param bounds of one partition's state
 */
public record CoordinatorSettings(
        String workerId,
        int maxRunning,
        Duration agingStep,
        int standbySlots,
        Duration doubt,
        Duration stall,
        int mostIds,
        PartitionState.Bounds bounds) {}
