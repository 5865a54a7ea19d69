package dev.parley.embedded;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;

/**
 * Kafka ends the whole JVM on a fatal fault. In here it must not: a fault is told to the brokers that run in this JVM instead.
 * Kafka does not say whose fault it was, so with several brokers in one JVM all of them are told. Once installed this stays for
 * the JVM's life, because a fault may come late from a thread of a broker that is closed.
 */
final class KafkaExits {

    private static final Set<CompletableFuture<String>> WATCHERS = ConcurrentHashMap.newKeySet();

    static {
        Exit.setExitProcedure((status, message) -> tell("exit", status, message));
        Exit.setHaltProcedure((status, message) -> tell("halt", status, message));
    }

    private KafkaExits() {}

    static void watch(CompletableFuture<String> failure) {
        WATCHERS.add(failure);
    }

    static void unwatch(CompletableFuture<String> failure) {
        WATCHERS.remove(failure);
    }

    private static void tell(String what, int status, @Nullable String message) {
        String reason = message != null ? message : "the cause is in Kafka's log";
        String failure = "Kafka wanted to " + what + " the process with status " + status + ": " + reason;
        WATCHERS.forEach(watcher -> watcher.complete(failure));
    }
}
