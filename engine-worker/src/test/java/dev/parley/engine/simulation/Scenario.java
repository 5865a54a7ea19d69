package dev.parley.engine.simulation;

/** What goes wrong in a history. All but the last are narrow, so that narrow promises can be held against them. */
enum Scenario {
    /** Nothing. One worker has each partition from beginning to end. */
    CALM(3_500, 0.05, 60, 24),
    /** Nothing, but that more is asked than workers can hold. There are no reserves, who might begin what an owner has no room for. */
    CROWD(3_000, 0.1, 200, 24),
    /** One worker sleeps now and then. */
    SLEEPER(7_000, 0.04, 1_500, 10),
    /** One worker is killed, and another comes. */
    KILL(6_000, 0.04, 400, 24),
    /** One worker leaves in good task, and another comes. */
    LEAVE(4_500, 0.045, 400, 6),
    /** Everything, at any moment. */
    CHAOS(7_000, 0.04, 150, 24);

    final long lengthMs;
    final double busy;
    final int paceMs;
    final int pieceChars;

    /**
     * @param busy how likely it is that somebody does something in a moment
     * @param paceMs longest pause of a model between two words
     * @param pieceChars longest piece of what it says
     */
    Scenario(long lengthMs, double busy, int paceMs, int pieceChars) {
        this.lengthMs = lengthMs;
        this.busy = busy;
        this.paceMs = paceMs;
        this.pieceChars = pieceChars;
    }
}
