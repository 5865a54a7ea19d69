package dev.parley.systemtests.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The memory and threads of another JVM at a moment.
 *
 * @param heapBytes reachable, after a full collection
 * @param threads virtual ones, too, by name without its numbers
 * @param rssBytes 0 where the system does not tell
 * @param histogram the classes that need most
 */
public record Footprint(long heapBytes, Map<String, Integer> threads, long rssBytes, String histogram) {

    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern RSS = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final int MOST_CLASSES = 25;
    private static final int BOUND_S = 60;

    public static Footprint of(Node node) throws InterruptedException {
        String histogram = jcmd(node.pid(), "GC.class_histogram");
        Matcher total = TOTAL.matcher(histogram);
        if (!total.find()) {
            throw new AssertionError("jcmd has no histogram of " + node.name() + ": " + histogram);
        }
        return new Footprint(
                Long.parseLong(total.group(1)),
                threads(node.pid()),
                rss(node.pid()),
                histogram.lines().limit(MOST_CLASSES).collect(Collectors.joining("\n")));
    }

    /** The resident memory of the process, after a full collection; the JVM must be set to return unused memory. */
    public static long rssAfterCollection(Node node) throws InterruptedException {
        jcmd(node.pid(), "GC.run");
        return rss(node.pid());
    }

    /** How many file descriptors it has open. */
    public static int descriptors(Node node) {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(node.pid()), "fd"))) {
            return (int) open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int threadCount() {
        return threads.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** How many threads have this name. */
    public int threadsNamed(String prefix) {
        return threads.entrySet().stream()
                .filter(each -> each.getKey().startsWith(prefix))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    @Override
    public String toString() {
        return "heap %.1f MiB, %d threads, RSS %d MiB".formatted(heapBytes / 1048576.0, threadCount(), rssBytes >> 20);
    }

    private static Map<String, Integer> threads(long pid) throws InterruptedException {
        try {
            Path dump = Files.createTempFile("threads", ".json");
            jcmd(pid, "Thread.dump_to_file", "-overwrite", "-format=json", dump.toString());
            JsonNode json = new JsonMapper().readTree(Files.readString(dump));
            Files.delete(dump);
            return json.path("threadDump")
                    .path("threadContainers")
                    .valueStream()
                    .flatMap(container -> container.path("threads").valueStream())
                    .map(thread -> thread.path("name").asString("").replaceAll("[0-9].*", ""))
                    .collect(Collectors.toMap(name -> name, _ -> 1, Integer::sum, TreeMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long rss(long pid) {
        try {
            Matcher rss = RSS.matcher(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
            return rss.find() ? Long.parseLong(rss.group(1)) << 10 : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static String jcmd(long pid, String... command) throws InterruptedException {
        try {
            List<String> all = new ArrayList<>();
            all.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
            all.add(Long.toString(pid));
            all.addAll(List.of(command));
            Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (!process.waitFor(BOUND_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError("jcmd failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
