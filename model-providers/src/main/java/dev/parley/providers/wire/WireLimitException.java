package dev.parley.providers.wire;

import java.io.IOException;

/** A line or an event is longer than it may be. The message repeats nothing of its text. */
public final class WireLimitException extends IOException {

    private static final long serialVersionUID = 1L;

    WireLimitException(String what, int max) {
        super(what + " is longer than " + max);
    }
}
