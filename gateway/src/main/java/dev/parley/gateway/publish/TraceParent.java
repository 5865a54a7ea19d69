package dev.parley.gateway.publish;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** W3C trace context: the header that ties a command to all that is done about it. */
public final class TraceParent {

    private TraceParent() {}

    /** A trace that begins here. */
    public static String fresh() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        long high = random.nextLong();
        long low = random.nextLong() | 1;
        long span = random.nextLong() | 1;
        return "00-" + hex.toHexDigits(high) + hex.toHexDigits(low) + "-" + hex.toHexDigits(span) + "-01";
    }
}
