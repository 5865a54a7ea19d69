package dev.parley.engine.simulation;

/** Mistakes that a worker could make, each of which the checks must find. */
enum Mutant {
    NONE,
    /** A writer whose record has an unknown fate sends what it has by then under the same claim and seq. */
    SPENT_CLAIM_USED_AGAIN,
    /** A writer goes on from what it knew before its takeover was in the log. */
    PREFIX_READ_BEFORE_CLAIM,
    /** Nobody takes over what a dead worker left. */
    NOBODY_TAKES_OVER,
    /** All workers pick the same claim tokens. */
    CLAIMS_COLLIDE
}
