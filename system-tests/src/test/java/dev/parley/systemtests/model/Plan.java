package dev.parley.systemtests.model;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How a request is answered.
 *
 * @param pieces of text, sent one by one
 * @param gap between them
 */
public record Plan(List<String> pieces, Duration gap, Ending ending) {

    /** What happens after the last piece. */
    public enum Ending {
        /** The answer is complete. */
        DONE,
        /** The connection is closed in the middle of the body. */
        CUT,
        /** Nothing more is sent, and the connection stays open. */
        HANG,
        /** Nothing is sent but status 500. */
        REFUSE
    }

    public static Plan of(int pieces, Duration gap, Ending ending) {
        return new Plan(
                IntStream.range(0, pieces)
                        .mapToObj(n -> "piece " + n + (n % 10 == 9 ? ",\n\"é✓😀\" " : " "))
                        .toList(),
                gap,
                ending);
    }

    /** A few large pieces, of characters that take three bytes each on the wire. */
    public static Plan large(int pieces, int charsEach, Duration gap) {
        return new Plan(Collections.nCopies(pieces, "✓".repeat(charsEach)), gap, Ending.DONE);
    }

    /** One piece of so many bytes of UTF-8: letters, quotes, line feeds, and characters of several UTF-16 units. */
    public static Plan inOnePiece(int bytes) {
        String line = "piece \"é✓😀👩‍👩‍👧‍👦\"\n";
        return new Plan(
                List.of(line.repeat(bytes / line.getBytes(StandardCharsets.UTF_8).length)), Duration.ZERO, Ending.DONE);
    }

    public static Plan refuse() {
        return new Plan(List.of(), Duration.ZERO, Ending.REFUSE);
    }

    /** The pieces joined. */
    public String text() {
        return String.join("", pieces);
    }
}
