package dev.parley.providers.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads server-sent events by the rules of the WHATWG: lines end with LF, CR or CRLF, lines that start with a colon are comments, a blank
 * line ends an event, and an event without data is ignored. So is an event that the end of the stream cuts off; {@link #rest()} has its
 * data. {@code id} and {@code retry} are ignored, because model services do not resume answers by them. An event is returned as soon as
 * its blank line has been read.
 */
public final class SseReader {

    private final LineReader lines;
    private final int maxEventChars;
    private final StringBuilder data = new StringBuilder();
    private boolean hasData;
    private String type = "";

    /**
     * @param maxLineBytes limit of a line, without its end
     * @param maxEventChars limit of an event's data
     */
    public SseReader(InputStream in, int maxLineBytes, int maxEventChars) {
        this.lines = new LineReader(in, LineReader.Ends.LF_CR_CRLF, maxLineBytes);
        this.maxEventChars = maxEventChars;
    }

    /**
     * Waits for the next event. Empty at the end of the stream.
     *
     * @throws WireLimitException if a line or an event exceeds its limit
     */
    public Optional<SseEvent> next() throws IOException {
        for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
            if (!line.get().isEmpty()) {
                field(line.get());
            } else if (hasData) {
                return Optional.of(take());
            } else {
                type = "";
            }
        }
        return Optional.empty();
    }

    /** The data of the event that the end of the stream cut off, if there is one. To be called after {@link #next()} was empty. */
    public Optional<String> rest() throws WireLimitException {
        String line = lines.rest();
        if (!line.isEmpty()) {
            field(line);
        }
        return hasData ? Optional.of(take().data()) : Optional.empty();
    }

    private void field(String line) throws WireLimitException {
        int colon = line.indexOf(':');
        String name = colon < 0 ? line : line.substring(0, colon);
        switch (name) {
            case "data" -> add(value(line, colon));
            case "event" -> type = value(line, colon);
            default -> {} // a comment, which has an empty name; id; retry; an unknown field
        }
    }

    private static String value(String line, int colon) {
        if (colon < 0) {
            return "";
        }
        return line.substring(line.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
    }

    private void add(String value) throws WireLimitException {
        if (value.length() + (hasData ? 1 : 0) > maxEventChars - data.length()) {
            throw new WireLimitException("an event in characters", maxEventChars);
        }
        if (hasData) {
            data.append('\n');
        }
        data.append(value);
        hasData = true;
    }

    private SseEvent take() {
        SseEvent event = new SseEvent(type.isEmpty() ? "message" : type, data.toString());
        type = "";
        data.setLength(0);
        hasData = false;
        return event;
    }
}
