package dev.parley.engine.coordinator;

import dev.parley.engine.state.PartitionState;
import java.time.Duration;

/**
 * Settings of a coordinator.
 *
 * @param workerId this worker, as its records name it
 * @param maxRunning most streams for which a model is asked at once
 * @param agingStep after this time a waiting message counts as one priority higher
 * @param standbySlots number of ranks over which the workers that do not own a partition are spread; 0: a worker acts only for its own
 *     partitions
 * @param doubt for this time a worker's starts must be confirmed by the log before the model is asked: after a record whose outcome is
 *     unknown, and after it became owner of a partition that another worker may still act for
 * @param stall if the coordinator has not acted for this time, silence since then does not mean that a writer is dead
 * @param mostIds most message ids that are known of one partition, 16 bytes each
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
