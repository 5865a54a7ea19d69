package dev.parley.gateway.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Captures all that is logged while it is open, at the level of production, with the messages of exceptions. */
public final class LogCapture implements AutoCloseable {

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level before = root.getLevel();
    private final List<String> lines = new ArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            String line =
                    event.getLoggerName() + ": " + event.getFormattedMessage() + messages(event.getThrowableProxy());
            synchronized (lines) {
                lines.add(line);
            }
        }
    };

    private LogCapture() {}

    /** To be opened after the nodes are started, because each of them configures logging again. */
    public static LogCapture open() {
        LogCapture capture = new LogCapture();
        capture.root.setLevel(Level.INFO);
        capture.appender.setContext(capture.root.getLoggerContext());
        capture.appender.start();
        capture.root.addAppender(capture.appender);
        return capture;
    }

    /** @throws AssertionError if it is detached, because a node was started meanwhile */
    public List<String> lines() {
        if (!root.isAttached(appender) || root.getLevel() != Level.INFO) {
            throw new AssertionError("The capture is detached from the log: open it after the nodes are started");
        }
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    private static String messages(@Nullable IThrowableProxy thrown) {
        StringBuilder messages = new StringBuilder();
        for (IThrowableProxy each = thrown; each != null; each = each.getCause()) {
            messages.append(" / ").append(each.getClassName()).append(": ").append(each.getMessage());
        }
        return messages.toString();
    }

    @Override
    public void close() {
        root.detachAppender(appender);
        root.setLevel(before);
    }
}
