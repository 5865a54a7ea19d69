package dev.parley.gateway.tail;

import dev.parley.gateway.settings.TailSettings;
import dev.parley.service.startup.RepeatingThread;
import dev.parley.service.startup.RequiredThreads;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a gateway's clients to reconnect, once per outage, if only this node gets no answer from Kafka. If Kafka is down as a whole, the clients stay
 * connected, because other nodes cannot serve them either. MongoDB shows the difference: if it changes meanwhile, a projection still reads the log; if
 * it stopped answering together with Kafka, this node's network is broken. A change can also mean that Kafka is back, so from the first sign on this
 * node has some seconds to get an answer too. Without a sign the clients are asked after a long time.
 */
public final class CutOffMonitor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CutOffMonitor.class);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

    private final LongSupplier stalledMs;
    private final Store store;
    private final Runnable requestReconnect;
    private final TailSettings settings;
    private final RequiredThreads required;
    private @Nullable RepeatingThread clock;

    private @Nullable Object progressBefore;
    private boolean storeAnswered;

    /** For how long Kafka had not answered this node at the first sign that it answers others. */
    private @Nullable Long signAtMs;

    private boolean asked;

    /** Shows whether the projection makes progress. */
    public interface Store {

        /**
         * A value that changes when the projection writes. Waits a bounded time.
         *
         * @throws RuntimeException if the store does not answer
         */
        Object progress();
    }

    /**
     * @param stalledMs for how long the leader of some partition has not answered
     * @param requestReconnect asks the clients to reconnect, and closes their connections
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
        clock = RepeatingThread.start("gateway-cut-off", CHECK_INTERVAL, this::check, required);
    }

    /** To be called about once a second. */
    void check() {
        long stalled = stalledMs.getAsLong();
        if (stalled < settings.unanswered().toMillis()) {
            progressBefore = null;
            signAtMs = null;
            asked = false;
        }
        if (asked) {
            return;
        }
        checkStore(stalled);
        boolean isCutOffAlone = signAtMs != null
                && stalled - signAtMs >= settings.reconnecting().toMillis();
        if (stalled >= settings.leaveAnyway().toMillis()
                || (stalled >= settings.leave().toMillis() && isCutOffAlone)) {
            asked = true;
            LOG.warn(
                    "Kafka has not answered this node for {} ms{}: its clients are asked to reconnect to other nodes; check the network"
                            + " between this node and the brokers",
                    stalled,
                    isCutOffAlone ? ", and MongoDB shows that only this node is cut off" : "");
            requestReconnect.run();
        }
    }

    /** The first check of an outage comes when the projection has written all that it had read before. */
    private void checkStore(long stalled) {
        boolean silent = stalled >= settings.unanswered().toMillis();
        try {
            Object now = store.progress();
            storeAnswered = true;
            if (silent && progressBefore == null) {
                progressBefore = now;
            } else if (silent && !now.equals(progressBefore)) {
                onSign(stalled);
            }
        } catch (RuntimeException e) {
            if (silent && storeAnswered) {
                onSign(stalled);
            }
            storeAnswered &= silent;
        }
    }

    private void onSign(long stalled) {
        if (signAtMs == null) {
            signAtMs = stalled;
        }
    }

    @Override
    public void close() {
        if (clock != null) {
            clock.close();
        }
    }
}
