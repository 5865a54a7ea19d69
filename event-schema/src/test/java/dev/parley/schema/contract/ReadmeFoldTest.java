package dev.parley.schema.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.EventHead;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.SessionLog.Deletion;
import dev.parley.schema.log.SessionLogs;
import dev.parley.schema.log.StreamLog;
import dev.parley.schema.log.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Runs the Python of the README and compares it with {@link StreamLog} and {@link dev.parley.schema.log.SessionLog}, record by record. */
class ReadmeFoldTest {

    private static final long SEED =
            Long.getLong("parley.seed", ThreadLocalRandom.current().nextLong());
    private static final int LOGS = 60;
    private static final int RECORDS = 400;
    private static final int BOUND_S = 60;
    private static final JsonMapper JSON = new JsonMapper();

    /** Prints for each record whether it counts. A line without an offset starts another log. */
    private static final String VERDICTS = """
            import json, sys, fold
            for line in sys.stdin:
                record = json.loads(line)
                if "offset" in record:
                    print(fold.accept(record))
                else:
                    for kept in (fold.first, fold.streams, fold.deletions, fold.deleted_ids):
                        kept.clear()
            """;

    @TempDir
    static Path folder;

    @BeforeAll
    static void write_what_the_readme_says() throws Exception {
        System.out.println("ReadmeFoldTest: again with -Dparley.seed=" + SEED);
        if (!pythonIsThere()) {
            String sentence = "python3 is not on the PATH, so the README's fold is not run.";
            System.out.println("Skipped: " + sentence);
            Assumptions.abort(sentence);
        }
        String code = Pattern.compile("^```python\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(ProjectFile.at("../README.md").read())
                .results()
                .map((MatchResult block) -> block.group(1))
                .collect(Collectors.joining("\n"));
        Files.writeString(folder.resolve("fold.py"), code);
        Files.writeString(folder.resolve("verdicts.py"), VERDICTS);
    }

    @Test
    void it_accepts_the_same_records_of_generated_logs_as_java() throws Exception {
        Random random = new Random(SEED);
        List<String> lines = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int log = 0; log < LOGS; log++) {
            lines.add("{}");
            JavaReader reader = new JavaReader();
            for (ConsumerRecord<String, byte[]> record : generated(random)) {
                lines.add(asKcatPrints(record));
                expected.add(reader.accept(record) ? "True" : "False");
            }
        }

        List<String> judged = python("verdicts.py", lines);

        assertThat(judged).containsExactlyElementsOf(expected);
        assertThat(expected).filteredOn("True"::equals).hasSizeGreaterThan(LOGS * RECORDS / 20);
        assertThat(expected).filteredOn("False"::equals).hasSizeGreaterThan(LOGS * RECORDS / 20);
    }

    @Test
    void records_of_a_killed_worker_are_only_in_the_naive_count() throws Exception {
        List<ConsumerRecord<String, byte[]>> log = new ArrayList<>();
        append(log, "stream_start", "m1/0", "1.aaaa", "-1");
        append(log, "content_chunk", "m1/1", "1.aaaa", null);
        append(log, "stream_takeover", "m1/bbbb/0", "2.bbbb", null);
        append(log, "content_chunk", "m1/2", "1.aaaa", null);
        append(log, "stream_complete", "m1/3", "1.aaaa", null);
        append(log, "stream_resumed", "m1/2", "2.bbbb", null);
        append(log, "stream_complete", "m1/3", "2.bbbb", null);

        List<String> said =
                python("fold.py", log.stream().map(ReadmeFoldTest::asKcatPrints).toList());

        assertThat(said).containsExactly("1 complete answers (2 records of stream_complete)");
    }

    @Test
    void a_late_takeover_of_a_deleted_answer_does_not_count() throws Exception {
        List<ConsumerRecord<String, byte[]>> log = new ArrayList<>();
        append(log, "stream_start", "m1/0", "1.aaaa", "-1");
        append(log, "stream_complete", "m1/1", "1.aaaa", null);
        log.add(deletion("ada/s1", 2, "5", "1"));
        append(log, "stream_start", "m1/0", "1.bbbb", "2");
        append(log, "stream_takeover", "m1/2.cccc/0", "2.cccc", "0");
        append(log, "stream_complete", "m1/1", "2.cccc", null);
        append(log, "stream_complete", "m1/1", "1.bbbb", null);

        List<String> judged = python(
                "verdicts.py", log.stream().map(ReadmeFoldTest::asKcatPrints).toList());

        assertThat(judged).containsExactly("True", "True", "True", "True", "False", "False", "True");
    }

    /** A reader of one partition. */
    private static final class JavaReader {

        private final Map<StreamId, StreamLog> streams = new HashMap<>();
        private final Map<StreamId, SessionKey> sessions = new HashMap<>();
        private Optional<SessionLogs> logs = Optional.empty();

        boolean accept(ConsumerRecord<String, byte[]> record) {
            if (logs.isEmpty()) {
                logs = Optional.of(new SessionLogs(record.offset(), Integer.MAX_VALUE));
            }
            SessionLogs known = logs.get();
            return switch (EventHead.of(record)) {
                case EventHead.Unreadable _ -> false;
                case EventHead.OfSession head -> {
                    Deletion deletion = known.deleted(head.session(), head.command(), head.folded(), record.offset());
                    sessions.forEach((stream, session) -> {
                        if (session.equals(head.session())) {
                            streams.computeIfPresent(stream, (_, log) -> deletion.after(log));
                        }
                    });
                    yield deletion.effect() != Deletion.Effect.REPEATED;
                }
                case EventHead.OfStream head -> {
                    StreamLog before = streams.getOrDefault(head.stream(), StreamLog.EMPTY);
                    Verdict verdict = known.accept(head.session(), before, head.entry());
                    StreamLog after = verdict.after(before);
                    boolean opens = head.entry() instanceof Entry.Start && !after.equals(before);
                    if (opens) {
                        sessions.put(head.stream(), head.session());
                    }
                    streams.put(head.stream(), after);
                    yield verdict instanceof Verdict.Accepted;
                }
            };
        }
    }

    /** Records that several independent workers could write. */
    private static List<ConsumerRecord<String, byte[]>> generated(Random random) {
        List<ConsumerRecord<String, byte[]>> log = new ArrayList<>();
        long begin = random.nextBoolean() ? 0 : random.nextInt(40);
        int command = 0;
        Map<String, Integer> likely = new HashMap<>();
        for (int i = 0; i < RECORDS; i++) {
            long offset = begin + i;
            String key = "u" + random.nextInt(2) + "/s" + random.nextInt(2);
            String message = "m" + random.nextInt(4);
            String stream = key.charAt(1) + message;
            int attempt = 1 + random.nextInt(3);
            String claim = attempt + "." + "ab".charAt(random.nextInt(2));
            String folded = random.nextInt(4) == 0
                    ? null
                    : Long.toString(Math.max(-1, offset - 1 - (random.nextInt(3) == 0 ? random.nextInt(60) : 0)));
            int seq = likely.getOrDefault(stream, 0) + (random.nextInt(5) == 0 ? random.nextInt(3) - 1 : 0);
            switch (random.nextInt(20)) {
                case 0 -> {
                    command += random.nextInt(2);
                    String said = random.nextInt(4) == 0 ? null : Integer.toString(command);
                    log.add(deletion(key, offset, said, folded));
                }
                case 1, 2, 3, 4 -> {
                    log.add(record(key, offset, "stream_start", message + "/0", claim, folded));
                    likely.putIfAbsent(stream, 1);
                }
                case 5, 6 ->
                    log.add(record(key, offset, "stream_takeover", message + "/" + claim + "/0", claim, folded));
                case 7 -> log.add(record(key, offset, "stream_keepalive", message + "/" + claim + "/1", claim, null));
                case 8 -> log.add(record(key, offset, "stream_released", message + "/" + claim + "/2", claim, null));
                case 9 -> {
                    String type = List.of("stream_complete", "stream_error", "generation_stopped")
                            .get(random.nextInt(3));
                    log.add(record(key, offset, type, message + "/" + Math.max(1, seq), claim, null));
                    likely.remove(stream);
                }
                case 10 -> log.add(plain(key, offset));
                default -> {
                    log.add(record(key, offset, "content_chunk", message + "/" + Math.max(1, seq), claim, null));
                    likely.merge(stream, random.nextInt(2), Integer::sum);
                }
            }
        }
        return log;
    }

    private static void append(
            List<ConsumerRecord<String, byte[]>> log,
            String type,
            String id,
            @Nullable String claim,
            @Nullable String folded) {
        log.add(record("ada/s1", log.size(), type, id, claim, folded));
    }

    private static ConsumerRecord<String, byte[]> deletion(
            String key, long offset, @Nullable String command, @Nullable String folded) {
        RecordHeaders headers = headers("conversation_deleted", "d" + offset, null, folded);
        if (command != null) {
            headers.add("ce_commandoffset", utf8(command));
        }
        return record(key, offset, headers);
    }

    private static ConsumerRecord<String, byte[]> record(
            String key, long offset, String type, String id, @Nullable String claim, @Nullable String folded) {
        return record(key, offset, headers(type, id, claim, folded));
    }

    /** Of another user. */
    private static ConsumerRecord<String, byte[]> plain(String key, long offset) {
        return record(key, offset, new RecordHeaders());
    }

    private static ConsumerRecord<String, byte[]> record(String key, long offset, RecordHeaders headers) {
        return new ConsumerRecord<>(
                "chat.events",
                3,
                offset,
                0,
                TimestampType.LOG_APPEND_TIME,
                0,
                2,
                key,
                utf8("{}"),
                headers,
                Optional.empty());
    }

    private static RecordHeaders headers(String type, String id, @Nullable String claim, @Nullable String folded) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("ce_type", utf8("dev.parley." + type + ".v1"));
        headers.add("ce_id", utf8(id));
        if (claim != null) {
            headers.add("ce_claim", utf8(claim));
        }
        if (folded != null) {
            headers.add("ce_foldedoffset", utf8(folded));
        }
        return headers;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String asKcatPrints(ConsumerRecord<String, byte[]> record) {
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(header.key());
            headers.add(new String(header.value(), StandardCharsets.UTF_8));
        }
        Map<String, Object> line =
                new HashMap<>(Map.of("partition", record.partition(), "offset", record.offset(), "key", record.key()));
        if (!headers.isEmpty()) {
            line.put("headers", headers);
        }
        return JSON.writeValueAsString(line);
    }

    private static boolean pythonIsThere() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "-c", "import json").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> python(String script, List<String> lines) throws Exception {
        Path in = Files.write(folder.resolve("lines.json"), lines);
        Path out = folder.resolve("out.txt");
        Process python = new ProcessBuilder("python3", script)
                .directory(folder.toFile())
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(python.waitFor(BOUND_S, TimeUnit.SECONDS)).isTrue();
        assertThat(python.exitValue()).isZero();
        return Files.readAllLines(out);
    }
}
