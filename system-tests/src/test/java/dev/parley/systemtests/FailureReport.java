package dev.parley.systemtests;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Prints, for a failed test, the ends of the processes' logs and the records of the test's users. */
final class FailureReport implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        print(context, failure);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        print(context, failure);
    }

    private static void print(ExtensionContext context, Throwable failure) throws Throwable {
        try {
            SystemTest test = (SystemTest) context.getRequiredTestInstance();
            System.err.println("---- " + context.getDisplayName() + " failed ----\n" + test.failureDetails());
        } catch (Throwable alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
        throw failure;
    }
}
