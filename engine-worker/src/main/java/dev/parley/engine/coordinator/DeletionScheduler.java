package dev.parley.engine.coordinator;

import dev.parley.engine.coordinator.Partitions.SessionAt;
import dev.parley.engine.state.Decider;
import dev.parley.engine.state.PartitionState.Deletion;

/** Has the deletions of a partition written when they are due and it is this worker's turn. Not thread-safe. */
final class DeletionScheduler {
    private final Decider decider;
    private final Roles roles;
    private final Timers<SessionAt> timers;
    private final Coordinator.Effects effects;

    DeletionScheduler(Decider decider, Roles roles, Timers<SessionAt> timers, Coordinator.Effects effects) {
        this.decider = decider;
        this.roles = roles;
        this.timers = timers;
        this.effects = effects;
    }

    void deleteWhatIsDue(int partition, PartitionContext context, long now) {
        for (Deletion deletion : context.state.deletable()) {
            roles.of(context.role, deletion.session().session().value(), now)
                    .ifPresent(role -> delete(
                            partition, context, deletion, decider.mayDeleteAt(context.state, deletion, role), now));
        }
    }

    private void delete(int partition, PartitionContext context, Deletion deletion, long mayActAt, long now) {
        if (now < mayActAt) {
            timers.set(new SessionAt(partition, deletion.session()), mayActAt);
        } else if (context.deleting.add(deletion.session())) {
            effects.delete(partition, deletion);
        }
    }
}
