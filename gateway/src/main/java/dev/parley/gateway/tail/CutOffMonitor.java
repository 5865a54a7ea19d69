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
 * Asks a gateway's clients to reconnect, once an outage, if Kafka does not answer this node only. If Kafka is down as a whole, the sockets stay,
 * because no other node is better. MongoDB tells the two apart: if it changes meanwhile, a projection still reads the log; if it stopped answering
 * together with Kafka, this node's network is broken. A change can also mean that Kafka is back: so the node has some seconds from the first sign
 * on to get an answer, too. Without either sign the clients are asked only after a long time.
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

    /** How long Kafka had not answered when the first sign was seen that it answers others. */
    private @Nullable Long signAtMs;

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
     * @param stalledMs how long no record or empty answer has come from a partition's leader
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
        clock = RepeatingThread.start("gateway-cut-off", EVERY, this::look, required);
    }

    /** To be called about once a second. */
    void look() {
        long stalled = stalledMs.getAsLong();
        if (stalled < settings.unanswered().toMillis()) {
            before = null;
            signAtMs = null;
            sent = false;
        }
        if (sent) {
            return;
        }
        lookIntoStore(stalled);
        boolean alone = signAtMs != null
                && stalled - signAtMs >= settings.reconnecting().toMillis();
        if (stalled >= settings.leaveAnyway().toMillis()
                || (stalled >= settings.leave().toMillis() && alone)) {
            sent = true;
            LOG.warn(
                    "Kafka has not answered this node for {} ms{}: its clients are asked to reconnect to other nodes; check the network"
                            + " between this node and the brokers",
                    stalled,
                    alone ? ", and MongoDB shows that only this node is cut off" : "");
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
                signAt(stalled);
            }
        } catch (RuntimeException e) {
            if (silent && storeAnswered) {
                signAt(stalled);
            }
            storeAnswered &= silent;
        }
    }

    private void signAt(long stalled) {
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
