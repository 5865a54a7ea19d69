package dev.parley.providers.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads newline-delimited JSON. Blank lines are skipped; a last line without a line end counts, because it may be complete. The lines
 * are not parsed. A line is returned as soon as its LF has been read.
 */
public final class JsonLineReader {

    private final LineReader lines;

    /** @param maxLineBytes limit of a line, without its end */
    public JsonLineReader(InputStream in, int maxLineBytes) {
        this.lines = new LineReader(in, LineReader.Ends.LF, maxLineBytes);
    }

    /**
     * Waits for the next line that is not blank, and returns it without white space around it. Empty at the end of the stream.
     *
     * @throws WireLimitException if a line exceeds the limit
     */
    public Optional<String> next() throws IOException {
        for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
            if (!line.get().isBlank()) {
                return line.map(String::strip);
            }
        }
        String rest = lines.rest().strip();
        return rest.isEmpty() ? Optional.empty() : Optional.of(rest);
    }
}
