package dev.parley.service.kafka;

import dev.parley.service.thread.ThreadWatch;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the position of the projection in every partition in the background, with one request per interval. While the brokers do not
 * answer, it returns the last known positions, which are never too high. Thread-safe.
 */
public final class ProjectionProgress implements AutoCloseable {

    private static final String THREAD = "projection-progress";

    private static final Logger LOG = LoggerFactory.getLogger(ProjectionProgress.class);

    private final Source source;
    private final Duration interval;
    private final BooleanSupplier wanted;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Map<Integer, Long> positions;
    private boolean failing;
    private volatile ThreadWatch requiredThreads = ThreadWatch.none();

    /** Reads the positions. */
    public interface Source extends AutoCloseable {

        /** The position of each partition that has one. Blocks for a bounded time. */
        Map<Integer, Long> read() throws InterruptedException, TimeoutException;

        @Override
        default void close() {}
    }

    /**
     * @param interval between two requests
     * @param wanted checked before each request; while it is false, no request is made
     */
    public ProjectionProgress(Source source, Duration interval, BooleanSupplier wanted) {
        this.source = source;
        this.interval = interval;
        this.wanted = wanted;
        this.thread = Thread.ofPlatform().name(THREAD).daemon().unstarted(this::runToItsEnd);
    }

    /** @param threads watches the thread of this progress */
    public ProjectionProgress neededBy(ThreadWatch threads) {
        requiredThreads = threads;
        return this;
    }

    private void runToItsEnd() {
        requiredThreads
                .required(THREAD, this::run, () -> closed.getCount() == 0)
                .run();
    }

    /** Requests the positions from the brokers. */
    public interface Request {

        /** Blocks for a bounded time. */
        Map<Integer, Long> positions(Admin admin) throws InterruptedException, TimeoutException;
    }

    /**
     * Reads the positions from the brokers.
     *
     * @param admins creates the client, once; it is closed with the source
     * @param closing the longest time that closing the client may take
     */
    public static Source asking(Supplier<Admin> admins, Request request, Duration closing) {
        return new Source() {
            private @Nullable Admin admin;

            @Override
            public Map<Integer, Long> read() throws InterruptedException, TimeoutException {
                if (admin == null) {
                    admin = admins.get();
                }
                return request.positions(admin);
            }

            @Override
            public void close() {
                if (admin != null) {
                    admin.close(closing);
                }
            }
        };
    }

    public void start() {
        thread.start();
    }

    /** All records of the partition before this offset are in the store. Empty until the brokers have answered. */
    public OptionalLong writtenTo(int partition) {
        Map<Integer, Long> known = positions;
        return known == null ? OptionalLong.empty() : OptionalLong.of(known.getOrDefault(partition, 0L));
    }

    /** Whether all records before these offsets, one per partition, are known to be in the store. */
    public boolean hasReached(Map<Integer, Long> offsets) {
        Map<Integer, Long> known = positions;
        return offsets.entrySet().stream()
                .allMatch(each -> each.getValue() <= 0
                        || (known != null && known.getOrDefault(each.getKey(), 0L) >= each.getValue()));
    }

    private void run() {
        try (source) {
            do {
                if (wanted.getAsBoolean()) {
                    request();
                }
            } while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            LOG.debug("Stopped following the position of the projection");
        }
    }

    private void request() throws InterruptedException {
        try {
            positions = Map.copyOf(source.read());
            failing = false;
        } catch (TimeoutException | RuntimeException e) {
            if (closed.getCount() > 0 && !failing) {
                LOG.warn(
                        "The position of the projection cannot be read ({}); trying again every {} ms",
                        e.getClass().getSimpleName(),
                        interval.toMillis());
            }
            failing = true;
        }
    }

    /** Does not block. No position is read afterwards. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
