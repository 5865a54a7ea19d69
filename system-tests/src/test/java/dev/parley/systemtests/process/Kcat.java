package dev.parley.systemtests.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** kcat, a Kafka client that shares no code with ours. */
public final class Kcat {

    private static final int BOUND_S = 60;
    private static final JsonMapper JSON = new JsonMapper();

    private Kcat() {}

    /** A record as kcat prints it. */
    public record Line(int partition, String key, Map<String, String> headers, String value, String timestampType) {

        private static Line of(String json) {
            JsonNode line = JSON.readTree(json);
            List<String> texts = line.path("headers")
                    .valueStream()
                    .map(JsonNode::stringValue)
                    .toList();
            Map<String, String> headers = new LinkedHashMap<>();
            for (int i = 0; i + 1 < texts.size(); i += 2) {
                headers.put(texts.get(i), texts.get(i + 1));
            }
            return new Line(
                    line.path("partition").intValue(),
                    line.path("key").stringValue(),
                    headers,
                    line.path("payload").stringValue(),
                    line.path("tstype").stringValue());
        }
    }

    public static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("kcat", "-V")
                            .redirectErrorStream(true)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** The whole topic, in the order of partitions and offsets. */
    public static List<Line> read(String bootstrapServers, String topic) throws IOException, InterruptedException {
        Process kcat = new ProcessBuilder(
                        "kcat", "-b", bootstrapServers, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-J")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Watchdog.ofThisJvm().watch(kcat.toHandle());
        List<Line> lines = new ArrayList<>();
        try (var out = kcat.inputReader(UTF_8)) {
            out.lines().forEach(line -> lines.add(Line.of(line)));
        }
        if (!kcat.waitFor(BOUND_S, TimeUnit.SECONDS) || kcat.exitValue() != 0) {
            kcat.destroyForcibly();
            throw new AssertionError("kcat cannot read " + topic);
        }
        Watchdog.ofThisJvm().forget(kcat.toHandle());
        return lines;
    }
}
