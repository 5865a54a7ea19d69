package dev.parley.providers;

/** The model services that are set up. */
public interface Providers {
    /**
     * Chooses the provider and the model for a message; never waits for a service. Names that are not known are ignored.
     *
     * @param requested what the client named
     */
    ModelChoice choose(NamedModel requested, String message);

    /**
     * Chooses the provider and the model that continue an answer which a worker left unfinished: those that began it, if they are
     * still set up.
     *
     * @param begun what the answer's {@code stream_start} names
     */
    default ModelChoice resume(NamedModel requested, String message, NamedModel begun) {
        return choose(requested, message);
    }
}
