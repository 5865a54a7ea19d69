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
 * Follows the position of the projection in every partition in the background: one request an interval, however many callers look. While
 * the brokers do not answer, the last known positions stay; they only ever are too low. Thread-safe.
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

    /** Where the positions come from. */
    public interface Source extends AutoCloseable {

        /** The position of each partition that has one. Waits a bounded time for the brokers. */
        Map<Integer, Long> read() throws InterruptedException, TimeoutException;

        @Override
        default void close() {}
    }

    /**
     * @param interval between two requests
     * @param wanted asked before each request: none is made while it is false
     */
    public ProjectionProgress(Source source, Duration interval, BooleanSupplier wanted) {
        this.source = source;
        this.interval = interval;
        this.wanted = wanted;
        this.thread = Thread.ofPlatform().name(THREAD).daemon().unstarted(this::runToItsEnd);
    }

    /** @param threads is told if this ends before it is closed */
    public ProjectionProgress neededBy(ThreadWatch threads) {
        requiredThreads = threads;
        return this;
    }

    private void runToItsEnd() {
        requiredThreads
                .required(THREAD, this::run, () -> closed.getCount() == 0)
                .run();
    }

    /** Asks the brokers for the positions. */
    public interface Request {

        /** Waits a bounded time for the brokers. */
        Map<Integer, Long> positions(Admin admin) throws InterruptedException, TimeoutException;
    }

    /**
     * What a request to the brokers returns.
     *
     * @param admins makes the client, once; closed with the source
     * @param closing the longest that the client may take to close
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

    /** Everything before this offset of the partition is in the store; empty until the brokers have answered. */
    public OptionalLong writtenTo(int partition) {
        Map<Integer, Long> known = positions;
        return known == null ? OptionalLong.empty() : OptionalLong.of(known.getOrDefault(partition, 0L));
    }

    /** Whether everything before these offsets, one a partition, is known to be in the store. */
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
                    look();
                }
            } while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            LOG.debug("the position of the projection is followed no more");
        }
    }

    private void look() throws InterruptedException {
        try {
            positions = Map.copyOf(source.read());
            failing = false;
        } catch (TimeoutException | RuntimeException e) {
            if (closed.getCount() > 0 && !failing) {
                LOG.warn(
                        "The position of the projection is not known ({}); asking again every {} ms",
                        e.getClass().getSimpleName(),
                        interval.toMillis());
            }
            failing = true;
        }
    }

    /** Returns within a bounded time; nothing is read afterwards. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
