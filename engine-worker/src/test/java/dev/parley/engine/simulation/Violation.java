package dev.parley.engine.simulation;

/** A promise that a history broke. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Violation(String what) {
        super(what);
    }
}
