package dev.parley.providers.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads lines of UTF-8 text. A line is decoded as a whole, so a read may end within a character; malformed bytes become U+FFFD. A line
 * is returned as soon as its end has been read: after a CR, without waiting for an LF that may follow.
 */
final class LineReader {

    enum Ends {
        /** LF, CR or CRLF, as in server-sent events. */
        LF_CR_CRLF,
        /** LF; a CR before it stays in the line. */
        LF
    }

    private static final int READ_BYTES = 8 * 1024;
    /** A buffer that has grown beyond this is not kept for the next line. */
    private static final int MAX_KEPT_BYTES = 64 * 1024;

    private final InputStream in;
    private final Ends ends;
    private final int maxLineBytes;
    private final byte[] read = new byte[READ_BYTES];
    private int at;
    private int end;
    private byte[] line = new byte[256];
    private int length;
    private boolean atStart = true;
    private boolean lfBelongsToCr;

    LineReader(InputStream in, Ends ends, int maxLineBytes) {
        this.in = in;
        this.ends = ends;
        this.maxLineBytes = maxLineBytes;
    }

    /** The next line with an end. Empty at the end of the stream; {@link #rest()} has the text after the last line end. */
    Optional<String> next() throws IOException {
        while (at < end || fill()) {
            if (lfBelongsToCr) {
                lfBelongsToCr = false;
                if (read[at] == '\n') {
                    at++;
                    continue;
                }
            }
            int stop = indexOfEnd();
            append(stop);
            if (stop < end) {
                lfBelongsToCr = read[stop] == '\r';
                at = stop + 1;
                return Optional.of(take());
            }
        }
        return Optional.empty();
    }

    /** The text after the last line end. To be called after {@link #next()} was empty. */
    String rest() {
        return take();
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(read, 0, read.length));
        return end > 0;
    }

    private int indexOfEnd() {
        for (int i = at; i < end; i++) {
            if (read[i] == '\n' || (read[i] == '\r' && ends == Ends.LF_CR_CRLF)) {
                return i;
            }
        }
        return end;
    }

    private void append(int stop) throws WireLimitException {
        int more = stop - at;
        if (more > maxLineBytes - length) {
            throw new WireLimitException("a line in bytes", maxLineBytes);
        }
        if (more > line.length - length) {
            line = Arrays.copyOf(line, Math.max(length + more, line.length * 2));
        }
        System.arraycopy(read, at, line, length, more);
        length += more;
        at = stop;
    }

    private String take() {
        int from = atStart && startsWithByteOrderMark() ? 3 : 0;
        String text = new String(line, from, length - from, UTF_8);
        atStart = false;
        length = 0;
        if (line.length > MAX_KEPT_BYTES) {
            line = new byte[256];
        }
        return text;
    }

    private boolean startsWithByteOrderMark() {
        return length >= 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF;
    }
}
