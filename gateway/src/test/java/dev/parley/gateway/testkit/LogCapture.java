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

/** All that is logged while it is open, at the level of production, with the texts of exceptions. */
public final class LogCapture implements AutoCloseable {

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level before = root.getLevel();
    private final List<String> lines = new ArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            String line = event.getLoggerName() + ": " + event.getFormattedMessage() + texts(event.getThrowableProxy());
            synchronized (lines) {
                lines.add(line);
            }
        }
    };

    private LogCapture() {}

    /** To be opened after the nodes are started: each of them sets up logging anew. */
    public static LogCapture open() {
        LogCapture capture = new LogCapture();
        capture.root.setLevel(Level.INFO);
        capture.appender.setContext(capture.root.getLoggerContext());
        capture.appender.start();
        capture.root.addAppender(capture.appender);
        return capture;
    }

    /** @throws AssertionError if it hears nothing any more, as when a node was started meanwhile */
    public List<String> lines() {
        if (!root.isAttached(appender) || root.getLevel() != Level.INFO) {
            throw new AssertionError("the log is not heard");
        }
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    private static String texts(@Nullable IThrowableProxy thrown) {
        StringBuilder texts = new StringBuilder();
        for (IThrowableProxy each = thrown; each != null; each = each.getCause()) {
            texts.append(" / ").append(each.getClassName()).append(": ").append(each.getMessage());
        }
        return texts.toString();
    }

    @Override
    public void close() {
        root.detachAppender(appender);
        root.setLevel(before);
    }
}
