package dev.parley.engine.simulation;

/** What goes wrong in a history. The first four are narrow, so that narrow promises can be held against them. */
enum Scenario {
    /** Nothing. One worker has each partition from beginning to end. */
    CALM(4_000),
    /** One worker sleeps now and then. */
    SLEEPER(7_000),
    /** One worker is killed, and another comes. */
    KILL(6_500),
    /** One worker leaves in good order, and another comes. */
    LEAVE(5_000),
    /** Everything, at any moment. */
    CHAOS(8_000);

    final long lengthMs;

    Scenario(long lengthMs) {
        this.lengthMs = lengthMs;
    }
}
