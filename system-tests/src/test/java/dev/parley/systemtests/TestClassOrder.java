package dev.parley.systemtests;

import java.util.Comparator;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.Order;

/**
 * Orders test classes by name, with exceptions: classes that need no cluster run first; classes that leave unusable workers behind run
 * last, beside those that need workers of their own. This way few workers have to be started.
 */
public final class TestClassOrder implements ClassOrderer {

    /** Runs before the shared cluster is started. */
    static final int WITHOUT_CLUSTER = -1;

    /** Kills workers in its last test. */
    static final int KILLS_LAST = 1;

    /** Needs workers of its own, which no other class can use afterwards. */
    static final int OWN_WORKERS = 2;

    /** Deletes commands: new messages of that partition wait for the store from then on. */
    static final int DELETES_COMMANDS = 3;

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors()
                .sort(Comparator.comparingInt(TestClassOrder::order)
                        .thenComparing(each -> each.getTestClass().getName()));
    }

    private static int order(ClassDescriptor each) {
        return each.findAnnotation(Order.class).map(Order::value).orElse(0);
    }
}
