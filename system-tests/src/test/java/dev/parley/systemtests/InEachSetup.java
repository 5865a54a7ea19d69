package dev.parley.systemtests;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Marks a part of the contract ({@link ChatContract} and its superclasses) that every build runs in each setup. The rest runs on the
 * cluster in every build, and in each setup in the long form.
 */
@Target(METHOD)
@Retention(RUNTIME)
@interface InEachSetup {

    /** For a setup whose short form runs only that part and its own tests. */
    final class Only implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            boolean played = Form.isLong()
                    || context.getTestMethod()
                            .map(test -> test.isAnnotationPresent(InEachSetup.class)
                                    || !Modifier.isAbstract(
                                            test.getDeclaringClass().getModifiers()))
                            .orElse(true);
            return played
                    ? ConditionEvaluationResult.enabled("part of this form")
                    : ConditionEvaluationResult.disabled(
                            "runs on the cluster in each build, here only in the long form (-Pfaults)");
        }
    }
}
