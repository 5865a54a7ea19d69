package dev.parley.systemtests.model;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How a request shall be answered.
 *
 * @param pieces of text, sent one by one
 * @param gap between them
 */
public record Plan(List<String> pieces, Duration gap, Ending ending) {

    /** What comes after the last piece. */
    public enum Ending {
        /** The answer is complete. */
        DONE,
        /** The connection breaks in the middle of the body. */
        CUT,
        /** Nothing more comes, and the connection stays. */
        HANG,
        /** There is no answer at all but status 500. */
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

    /** All in one piece of so many bytes of UTF-8, of letters, quotes, line feeds, and characters of several units. */
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
