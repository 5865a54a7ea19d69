package dev.parley.providers.wire;

import java.io.IOException;

/** A line or an event is too long. The message contains nothing of its text. */
public final class WireLimitException extends IOException {

    private static final long serialVersionUID = 1L;

    WireLimitException(String what, int max) {
        super(what + " is longer than " + max);
    }
}
