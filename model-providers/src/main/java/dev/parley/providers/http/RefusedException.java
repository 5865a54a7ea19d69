package dev.parley.providers.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A response with an error status. Not used outside of this package, because its body may contain anything. */
final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private static final int BAD_REQUEST = 400;
    private static final int UNPROCESSABLE = 422;

    private final int status;
    private final transient @Nullable Duration retryAfter;
    private final transient JsonNode body;

    RefusedException(int status, @Nullable Duration retryAfter, JsonNode body) {
        super("refused with " + status, null, false, false);
        this.status = status;
        this.retryAfter = retryAfter;
        this.body = body;
    }

    /** Whether the error names a field of the request. */
    boolean namesField(String field) {
        return (status == BAD_REQUEST || status == UNPROCESSABLE)
                && body.toString().contains(field);
    }

    int status() {
        return status;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    JsonNode body() {
        return body;
    }
}
