package dev.parley.gateway.relay;

/**
 * How much a hot window keeps.
 *
 * @param maxBytes of all events, with a fixed charge for each stream
 * @param keepFinishedMs how long a finished stream is kept after its end
 * @param keepSilentMs how long a stream without an end is kept after its last record
 */
public record WindowBounds(long maxBytes, long keepFinishedMs, long keepSilentMs) {

    /** @throws IllegalArgumentException if a bound is not positive */
    public WindowBounds {
        if (maxBytes < 1 || keepFinishedMs < 1 || keepSilentMs < 1) {
            throw new IllegalArgumentException("the bounds of the hot window are positive");
        }
    }
}
