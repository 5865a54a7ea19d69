package dev.parley.providers.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Newline-delimited JSON, one text a line. Blank lines are skipped; a last line without a line end counts, for it may be whole.
 * Whether a line is JSON is for the caller to find out. A line is given as soon as its LF was read.
 */
public final class JsonLineReader {

    private final LineReader lines;

    /** @param maxLineBytes bound of a line, without its end */
    public JsonLineReader(InputStream in, int maxLineBytes) {
        this.lines = new LineReader(in, LineReader.Ends.LF, maxLineBytes);
    }

    /**
     * Waits for the next line that is not blank, and gives it without white space around it. Empty at the end of the stream.
     *
     * @throws WireLimitException if the bound is passed
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
