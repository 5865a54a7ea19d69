package dev.parley.embedded;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The broker or the store in a process of its own, so that tests can kill or pause it separately from its clients.
 *
 * <pre>java -cp … dev.parley.embedded.EmbeddedMain kafka|store FOLDER [PORT] [broker.setting=value …]</pre>
 *
 * <p>When it accepts requests, it prints one line of JSON with its address on standard output: {@code
 * {"bootstrap_servers":"127.0.0.1:29092"}} or {@code {"mongo_uri":"mongodb://127.0.0.1:27017"}}. SIGTERM shuts it down cleanly. If Kafka
 * fails fatally, it ends with status 70 and the reason on standard error.
 */
public final class EmbeddedMain {

    private static final int USAGE = 64;
    private static final int BROKEN = 70;

    private EmbeddedMain() {}

    public static void main(String[] args) {
        // Before anything else: Kafka and other libraries format digits and change case by the default locale, and fail
        // in some.
        Locale.setDefault(Locale.ENGLISH);
        PrintStream stdout = System.out;
        System.setOut(System.err);
        BackendLogs.quiet();
        if (args.length < 2) {
            System.err.println("Usage: EmbeddedMain kafka|store FOLDER [PORT] [broker.setting=value ...]");
            System.exit(USAGE);
        }
        Path folder = Path.of(args[1]);
        int port = args.length > 2 && !args[2].contains("=") ? Integer.parseInt(args[2]) : 0;
        try {
            switch (args[0]) {
                case "kafka" -> runKafka(folder, port, settings(args), stdout);
                case "store" -> runStore(folder, port, stdout);
                default -> throw new IllegalArgumentException("Neither kafka nor store: " + args[0]);
            }
        } catch (IllegalStateException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(USAGE);
        } catch (RuntimeException e) {
            e.printStackTrace();
            System.exit(BROKEN);
        }
    }

    private static void runKafka(Path folder, int port, Map<String, String> settings, PrintStream stdout) {
        var kafka = EmbeddedKafka.start(folder, port, settings);
        Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "close"));
        stdout.println("{\"bootstrap_servers\":\"" + kafka.bootstrapServers() + "\"}");
        String reason = kafka.failure().join();
        System.err.println(reason);
        Runtime.getRuntime().halt(BROKEN);
    }

    private static void runStore(Path folder, int port, PrintStream stdout) {
        var store = EmbeddedStore.start(folder, port);
        Runtime.getRuntime().addShutdownHook(new Thread(store::close, "close"));
        stdout.println("{\"mongo_uri\":\"" + store.mongoUri() + "\"}");
    }

    private static Map<String, String> settings(String[] args) {
        return Arrays.stream(args)
                .skip(2)
                .filter(arg -> arg.contains("="))
                .map(arg -> arg.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }
}
