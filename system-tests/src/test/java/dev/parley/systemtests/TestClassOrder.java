package dev.parley.systemtests;

import java.util.Comparator;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.Order;

/**
 * By name, but for those that say otherwise: what needs no cluster goes first, and what leaves workers behind that nobody can use
 * goes last, next to others that want workers of their own. So as few as possible are started.
 */
public final class TestClassOrder implements ClassOrderer {

    /** Before the shared cluster runs. */
    static final int WITHOUT_CLUSTER = -1;

    /** Kills workers in its last test. */
    static final int KILLS_LAST = 1;

    /** Wants workers of its own, and nobody wants them afterwards. */
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
