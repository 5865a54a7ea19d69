package dev.parley.embedded;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps Kafka from ending the JVM on a fatal error: instead, the brokers that run in this JVM receive the error. Kafka does not say which
 * broker failed, so with several brokers in one JVM all of them receive it. Once installed, this stays for the life of the JVM, because
 * an error may come late from a thread of a closed broker.
 */
final class KafkaExits {

    private static final Set<CompletableFuture<String>> WATCHERS = ConcurrentHashMap.newKeySet();

    static {
        Exit.setExitProcedure((status, message) -> report("exit", status, message));
        Exit.setHaltProcedure((status, message) -> report("halt", status, message));
    }

    private KafkaExits() {}

    static void watch(CompletableFuture<String> failure) {
        WATCHERS.add(failure);
    }

    static void unwatch(CompletableFuture<String> failure) {
        WATCHERS.remove(failure);
    }

    private static void report(String what, int status, @Nullable String message) {
        String reason = message != null ? message : "the cause is in Kafka's log";
        String failure = "Kafka called " + what + " with status " + status + ": " + reason;
        WATCHERS.forEach(watcher -> watcher.complete(failure));
    }
}
