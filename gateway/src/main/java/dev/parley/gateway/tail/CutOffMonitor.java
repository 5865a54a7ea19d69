package dev.parley.gateway.tail;

import dev.parley.gateway.settings.TailSettings;
import dev.parley.schema.startup.RepeatingThread;
import dev.parley.schema.startup.RequiredThreads;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a gateway that Kafka does not answer sends its clients elsewhere, once an outage. It cannot know by Kafka whether only it
 * is cut off, and if Kafka is away as a whole its sockets are to stay, as no other node is better. So it looks at the store: what changes
 * there during the silence was written by a projection that still reads the log. A store that answered before and went away together with
 * Kafka means that this node's network is broken. Without such a sign clients are sent elsewhere only after a long time.
 */
public final class CutOffMonitor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CutOffMonitor.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final LongSupplier stalledMs;
    private final Store store;
    private final Runnable requestReconnect;
    private final TailSettings settings;
    private final RequiredThreads required;
    private @Nullable RepeatingThread clock;

    private @Nullable Object before;
    private boolean storeAnswered;
    private boolean goesOnWithoutUs;
    private boolean sent;

    /** What the store shows of the log's progress. */
    public interface Store {

        /**
         * Something that changes when the projection writes. Waits a bounded time.
         *
         * @throws RuntimeException if the store does not answer
         */
        Object progress();
    }

    /**
     * @param stalledMs for how long the log has stood still
     * @param requestReconnect tells the clients to come back elsewhere, and closes their connections
     */
    public CutOffMonitor(
            LongSupplier stalledMs,
            Store store,
            Runnable requestReconnect,
            TailSettings settings,
            RequiredThreads required) {
        this.required = required;
        this.stalledMs = stalledMs;
        this.store = store;
        this.requestReconnect = requestReconnect;
        this.settings = settings;
    }

    public void start() {
        clock = RepeatingThread.start("gateway-cut-off", EVERY, this::look, required);
    }

    /** To be called about once a second. */
    void look() {
        long stalled = stalledMs.getAsLong();
        if (stalled < settings.unanswered().toMillis()) {
            before = null;
            goesOnWithoutUs = false;
            sent = false;
        }
        if (sent) {
            return;
        }
        lookIntoStore(stalled);
        if (stalled >= settings.leaveAnyway().toMillis()
                || (stalled >= settings.leave().toMillis() && goesOnWithoutUs)) {
            sent = true;
            LOG.warn(
                    "Kafka has not answered this node for {} ms{}: its clients are sent elsewhere",
                    stalled,
                    goesOnWithoutUs ? ", and the log goes on without it" : "");
            requestReconnect.run();
        }
    }

    /** What the projection had read before the silence is written by the time that the first look counts. */
    private void lookIntoStore(long stalled) {
        boolean silent = stalled >= settings.unanswered().toMillis();
        try {
            Object now = store.progress();
            storeAnswered = true;
            if (silent && before == null) {
                before = now;
            } else if (silent && !now.equals(before)) {
                goesOnWithoutUs = true;
            }
        } catch (RuntimeException e) {
            if (silent && storeAnswered) {
                goesOnWithoutUs = true;
            }
            storeAnswered &= silent;
        }
    }

    @Override
    public void close() {
        if (clock != null) {
            clock.close();
        }
    }
}
