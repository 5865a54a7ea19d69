package dev.parley.cli;

/** What a command ends with. */
final class Exit {

    static final int OK = 0;

    /** It found what must not be: a violation, a difference, a topic that is wrong. */
    static final int FOUND = 1;

    static final int USAGE = 2;

    /** Kafka or the store does not answer. */
    static final int UNREACHABLE = 3;

    /** There is no such stream or conversation. */
    static final int NOT_THERE = 4;

    /** Something that nobody foresaw. */
    static final int UNEXPECTED = 5;

    private Exit() {}
}
