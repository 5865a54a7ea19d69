package dev.parley.schema.log.simulation;

import dev.parley.schema.log.Entry;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.util.function.IntFunction;

/**
 * What every part of a history does: the rule by which all readers judge, and how writers behave. {@link #CORRECT} is the protocol; a
 * mutant differs in one point.
 *
 * @param readsAfterClaim a writer that takes over reads the log up to its own claim before it writes on
 * @param spendsClaimOnFailure a writer whose send failed never writes under that claim again
 * @param token makes the claim token of the n-th claim of a history
 */
record Habits(Rule rule, boolean readsAfterClaim, boolean spendsClaimOnFailure, IntFunction<String> token) {

    /** How a reader judges a record. */
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
