package dev.parley.systemtests;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A part of the contract that is tried in every build wherever Parley is set up. The rest is the same code in each setup: it is tried
 * on the cluster in every build, and in the long form everywhere.
 */
@Target(METHOD)
@Retention(RUNTIME)
@interface InEachSetup {

    /** For a setup that in the short form keeps to that part, and to its own tests. */
    final class Only implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            boolean played = Form.isLong()
                    || context.getTestMethod()
                            .map(test -> test.isAnnotationPresent(InEachSetup.class)
                                    || test.getDeclaringClass() != ChatContract.class)
                            .orElse(true);
            return played
                    ? ConditionEvaluationResult.enabled("part of this form")
                    : ConditionEvaluationResult.disabled(
                            "in each build on the cluster, here in the long form (-Pfaults)");
        }
    }
}
