package dev.parley.engine.coordinator;

import dev.parley.engine.state.TurnState;
import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.StreamAddress;
import dev.parley.engine.stream.StreamTask;
import dev.parley.engine.stream.Turn;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.StreamLog;
import java.util.function.Supplier;

/** Starts stream writers, each with its task and a new claim. Not thread-safe. */
final class StreamLauncher {
    private final ActiveStreams activeStreams;
    private final Coordinator.Effects effects;
    private final CoordinatorObserver observer;
    private final Supplier<String> claimTokens;

    /** @param claimTokens makes claim tokens, never the same one twice */
    StreamLauncher(
            ActiveStreams activeStreams,
            Coordinator.Effects effects,
            CoordinatorObserver observer,
            Supplier<String> claimTokens) {
        this.activeStreams = activeStreams;
        this.effects = effects;
        this.observer = observer;
        this.claimTokens = claimTokens;
    }

    void launch(int partition, PartitionContext context, TurnState turn, ChatStream message, Decision.Action action) {
        int attempt = turn.log() instanceof StreamLog.Open open ? open.current().attempt() + 1 : 1;
        SessionKey session = message.sessionKey();
        StreamTask task = new StreamTask(
                new StreamAddress(partition, session, turn.traceparent(), context.state.folded()),
                Turn.of(message, turn.askedAt()),
                new Claim(attempt, claimTokens.get()),
                action,
                context.state.past(session, turn.id()),
                context.state.wasDeleted(session));
        switch (action) {
            case Decision.TakeOver(Decision.Purpose purpose) -> observer.takeover(purpose);
            case Decision.Reject _ -> observer.refused();
            case Decision.Start _, Decision.Stop _ -> observer.accepted();
        }
        activeStreams.add(effects.start(task));
        context.state.writerStarted(turn.id());
    }
}
