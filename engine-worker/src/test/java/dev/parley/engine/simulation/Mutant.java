package dev.parley.engine.simulation;

/** Mistakes in a worker. The checks must find each of them. */
enum Mutant {
    NONE(Scenario.CHAOS),
    /** A writer that does not know the outcome of a record begins anew under the same claim. */
    UNCERTAIN_CLAIM_USED_AGAIN(Scenario.CHAOS),
    /** Records of one worker reach a partition in another order than it sent them. */
    RECORDS_OVERTAKE(Scenario.CALM),
    /** A writer continues from what it knew before its takeover was in the log. */
    PREFIX_READ_BEFORE_CLAIM(Scenario.KILL),
    /** No worker takes over the streams of a dead worker. */
    NO_TAKEOVERS(Scenario.KILL),
    /** All workers pick the same claim tokens. */
    CLAIMS_COLLIDE(Scenario.LEAVE),
    /** A worker that has not read its own last record decides without it. */
    OWN_END_FORGOTTEN(Scenario.CHAOS),
    /** A writer whose claim is superseded writes on. */
    SUPERSEDED_CLAIM_KEPT(Scenario.CHAOS),
    /** A writer asks the model before the log confirms its start. */
    START_NOT_CONFIRMED(Scenario.CALM),
    /** A worker acts before it has read what was in the log when it started. */
    CAUGHT_UP_TOO_SOON(Scenario.CHAOS),
    /** Neither the past commands nor the store are asked for earlier messages of the same id. */
    REPEATS_NOT_CHECKED(Scenario.CHAOS),
    /** A store that does not answer or is behind is believed to have no stream. */
    UNKNOWN_TAKEN_FOR_NEW(Scenario.CHAOS),
    /** A message that came before the deletion of its id's conversation is taken for one that came after it. */
    DELETED_TAKEN_FOR_NEW(Scenario.CHAOS),
    /** A start states a higher offset than its writer had folded. */
    STARTS_CLAIM_TO_HAVE_READ_ALL(Scenario.CHAOS),
    /** A worker takes what it did not read during a pause for silence. */
    PAUSE_TAKEN_FOR_SILENCE(Scenario.SLEEPER),
    /** A checkpoint from which not all events of its commands are read. */
    CHECKPOINT_EVENTS_TOO_HIGH(Scenario.CHAOS),
    /** A checkpoint above messages that are not answered. */
    CHECKPOINT_SKIPS_UNFINISHED(Scenario.CHAOS),
    /** A checkpoint that knows only what is unfinished. */
    CHECKPOINT_FORGETS_WHAT_ENDED_LATELY(Scenario.CHAOS),
    /** The command of a deletion is not read. */
    DELETIONS_ALIKE(Scenario.LEAVE),
    /** An offset is committed while something below it is not done. */
    COMMIT_TOO_HIGH(Scenario.CHAOS),
    /** Stops do not reach the writer. */
    STOP_NOT_PASSED_ON(Scenario.CALM),
    /** Stops wait behind messages that are not read yet. */
    STOPS_WAIT_BEHIND_MESSAGES(Scenario.CROWD),
    /** A writer without text sends no keepalives. */
    NO_KEEPALIVES(Scenario.CALM),
    /** No time-outs. */
    MODEL_WAITED_FOR_FOREVER(Scenario.CALM),
    /** A message does not wait for its turn. */
    QUEUE_JUMPED(Scenario.CALM),
    /** The number of writers of a stream is not bounded. */
    ATTEMPTS_WITHOUT_BOUND(Scenario.CHAOS),
    /** The number of a user's streams is not bounded. */
    STREAMS_WITHOUT_BOUND(Scenario.CALM),
    /** Another writer finishes an answer that is to fail with its writer. */
    FAILED_ANSWERS_CONTINUED(Scenario.CHAOS),
    /** Workers do not learn that another one leaves. */
    LEAVING_IGNORED(Scenario.LEAVE),
    /** A leaving worker does not release its streams. */
    NOTHING_RELEASED(Scenario.LEAVE);

    /** The scenario whose histories show it. */
    final Scenario scenario;

    Mutant(Scenario scenario) {
        this.scenario = scenario;
    }
}
