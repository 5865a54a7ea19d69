package dev.parley.engine.simulation;

/** Which faults a history has. All but the last have few, so that stricter promises can be checked. */
enum Scenario {
    /** None. Each partition has one owner from beginning to end. */
    CALM(3_500, 0.05, 60, 24),
    /** None, but there are more messages than workers can hold. There are no standbys, which might start what an owner has no room for. */
    CROWD(3_000, 0.1, 200, 24),
    /** One worker pauses now and then. */
    SLEEPER(7_000, 0.04, 1_500, 10),
    /** One worker is killed, and another joins. */
    KILL(6_000, 0.04, 400, 24),
    /** One worker leaves, and another joins. */
    LEAVE(4_500, 0.045, 400, 6),
    /** Everything, at any time. */
    CHAOS(7_000, 0.04, 150, 24);

    final long lengthMs;
    final double busy;
    final int paceMs;
    final int pieceChars;

    /**
     * @param busy the probability that a user acts in a step
     * @param paceMs longest pause of a model between two pieces
     * @param pieceChars longest piece of a model
     */
    Scenario(long lengthMs, double busy, int paceMs, int pieceChars) {
        this.lengthMs = lengthMs;
        this.busy = busy;
        this.paceMs = paceMs;
        this.pieceChars = pieceChars;
    }
}
