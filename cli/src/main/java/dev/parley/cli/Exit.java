package dev.parley.cli;

/** The exit codes. */
final class Exit {

    static final int OK = 0;

    /** It found a problem: a violation, a difference, a topic with wrong settings. */
    static final int PROBLEM = 1;

    static final int USAGE = 2;

    /** Kafka or the store does not answer. */
    static final int UNREACHABLE = 3;

    /** There is no such stream or conversation. */
    static final int NOT_FOUND = 4;

    /** An unexpected error. */
    static final int UNEXPECTED = 5;

    private Exit() {}
}
