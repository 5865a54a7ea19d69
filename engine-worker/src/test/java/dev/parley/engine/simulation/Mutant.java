package dev.parley.engine.simulation;

/** Mistakes that a worker could make, each of which the checks must find. */
enum Mutant {
    NONE(Scenario.CHAOS),
    /** A writer whose record has an unknown fate begins anew under the same claim. */
    SPENT_CLAIM_USED_AGAIN(Scenario.CHAOS),
    /** Records of one worker come to a partition in another task than it sent them. */
    RECORDS_OVERTAKE(Scenario.CALM),
    /** A writer goes on from what it knew before its takeover was in the log. */
    PREFIX_READ_BEFORE_CLAIM(Scenario.KILL),
    /** Nobody takes over what a dead worker left. */
    NOBODY_TAKES_OVER(Scenario.KILL),
    /** All workers pick the same claim tokens. */
    CLAIMS_COLLIDE(Scenario.LEAVE),
    /** A worker whose reading is behind its own writing decides by what it has read. */
    OWN_END_FORGOTTEN(Scenario.CHAOS),
    /** A writer that has lost its stream keeps it. */
    LOST_STREAM_KEPT(Scenario.CHAOS),
    /** A start that another may also have made asks the model at once. */
    CARELESS_START(Scenario.CALM),
    /** A worker answers before it has read what was there when it started. */
    CAUGHT_UP_TOO_SOON(Scenario.CHAOS),
    /** Neither the past commands nor the store are asked for earlier messages of the same id; each of them finds what the other misses. */
    REPEATS_UNHEARD(Scenario.CHAOS),
    /** A store that does not answer, or is behind, is taken to know nothing. */
    UNKNOWN_TAKEN_FOR_NEW(Scenario.CHAOS),
    /** A message that was asked before the deletion of the conversation of its id is taken for one that was asked after it. */
    DELETED_TAKEN_FOR_NEW(Scenario.CHAOS),
    /** A start states more than its writer had read. */
    STARTS_CLAIM_TO_HAVE_READ_ALL(Scenario.CHAOS),
    /** What a worker did not hear while it slept was not said. */
    SLEEP_TAKEN_FOR_SILENCE(Scenario.SLEEPER),
    /** A checkpoint from which not all events of its commands are read. */
    CHECKPOINT_EVENTS_TOO_HIGH(Scenario.CHAOS),
    /** A checkpoint above messages that are not answered. */
    CHECKPOINT_SKIPS_UNFINISHED(Scenario.CHAOS),
    /** A checkpoint that knows only what is unfinished. */
    CHECKPOINT_FORGETS_WHAT_ENDED_LATELY(Scenario.CHAOS),
    /** Which command a deletion does is not read. */
    DELETIONS_ALIKE(Scenario.LEAVE),
    /** An offset is committed while something below it is not done. */
    COMMIT_TOO_HIGH(Scenario.CHAOS),
    /** The coordinator's stops do not reach the writer. */
    STOP_NOT_PASSED_ON(Scenario.CALM),
    /** Stops wait for their turn behind messages that are held back. */
    STOPS_WAIT_IN_THE_CROWD(Scenario.CROWD),
    /** A writer with nothing to say is silent. */
    NO_KEEPALIVES(Scenario.CALM),
    /** No time-outs. */
    MODEL_WAITED_FOR_FOR_EVER(Scenario.CALM),
    /** A message that is to wait its turn does not. */
    QUEUE_JUMPED(Scenario.CALM),
    /** Streams go from writer to writer without end. */
    ATTEMPTS_WITHOUT_BOUND(Scenario.CHAOS),
    /** As many streams of a user as it likes. */
    STREAMS_WITHOUT_BOUND(Scenario.CALM),
    /** Another writer finishes what is to fail with its writer. */
    LOST_ANSWERS_GO_ON(Scenario.CHAOS),
    /** Nobody listens when a worker says that it leaves. */
    DEAF_TO_LEAVING(Scenario.LEAVE),
    /** A leaving worker gives nothing up. */
    NOTHING_RELEASED(Scenario.LEAVE);

    /** The kind of history that shows it. */
    final Scenario scenario;

    Mutant(Scenario scenario) {
        this.scenario = scenario;
    }
}
