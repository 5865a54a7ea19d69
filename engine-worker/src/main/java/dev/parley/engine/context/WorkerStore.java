package dev.parley.engine.context;

import dev.parley.engine.coordinator.StoreAnswer;
import dev.parley.engine.coordinator.StreamStore;
import dev.parley.prompt.stored.StoredContext;
import dev.parley.schema.id.StreamId;
import dev.parley.store.StoreAddress;
import dev.parley.store.StoreConnection;
import dev.parley.store.read.AnsweredTurns;
import dev.parley.store.read.StoredStream;
import dev.parley.store.read.StoredStreams;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/** The store as a worker reads it: context for prompts, and whether ids of streams are known. Thread-safe. */
public final class WorkerStore implements StreamStore, AutoCloseable {

    private static final String APPLICATION = "parley-engine-worker";

    /** Whether an id is known must be known before its stream starts, so a slow store is waited for. */
    private static final Duration IDS_TIMEOUT = Duration.ofSeconds(2);

    private final StoreConnection contextConnection;
    private final StoreConnection idsConnection;
    private final StoredContext context;
    private final StoredStreams streams;

    /**
     * @param budget how long a read for a prompt may take
     * @param registry where the driver's meters are registered
     */
    public WorkerStore(StoreAddress address, Duration budget, MeterRegistry registry) {
        contextConnection =
                StoreConnection.open(address, APPLICATION, new StoreConnection.Timeouts(budget, budget), registry);
        idsConnection = StoreConnection.open(
                address, APPLICATION, new StoreConnection.Timeouts(IDS_TIMEOUT, IDS_TIMEOUT), null);
        context = new StoredContext(new AnsweredTurns(contextConnection));
        streams = new StoredStreams(idsConnection);
    }

    public StoredContext context() {
        return context;
    }

    @Override
    public StoreAnswer find(StreamId stream) throws InterruptedException {
        return switch (streams.find(stream)) {
            case StoredStream.Unknown _ -> new StoreAnswer.New();
            case StoredStream.Deleted(long offset) -> new StoreAnswer.Deleted(offset);
            case StoredStream.Known(var session, boolean over, long firstOffset) ->
                over ? new StoreAnswer.Over(session) : new StoreAnswer.Unfinished(firstOffset);
        };
    }

    @Override
    public void close() {
        contextConnection.close();
        idsConnection.close();
    }
}
