package dev.parley.schema.log.simulation;

import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.function.IntFunction;

/**
 * The rule that all readers of a history apply, and the behaviour of its writers. {@link #CORRECT} is the protocol; a mutant differs in one
 * point.
 *
 * @param readsAfterClaim a writer that takes over reads the log up to its own claim before it writes
 * @param spendsClaimOnFailure a writer whose send failed does not write under that claim again
 * @param token creates the claim token of the n-th claim of a history
 */
record Habits(Rule rule, boolean readsAfterClaim, boolean spendsClaimOnFailure, IntFunction<String> token) {

    /** Accepts or drops a record. */
    interface Rule {
        Verdict judge(StreamLog log, Entry entry);
    }

    static final Habits CORRECT = new Habits(StreamLog::accept, true, true, n -> "c" + n);

    static Habits withRule(Rule rule) {
        return new Habits(rule, true, true, CORRECT.token);
    }

    Habits thatReadsBeforeItsClaim() {
        return new Habits(rule, false, spendsClaimOnFailure, token);
    }

    Habits thatUsesAClaimAgainAfterAFailure() {
        return new Habits(rule, readsAfterClaim, false, token);
    }

    Habits withClaimsThatCollide() {
        return new Habits(rule, readsAfterClaim, spendsClaimOnFailure, n -> "same");
    }
}
