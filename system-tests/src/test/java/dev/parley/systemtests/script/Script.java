package dev.parley.systemtests.script;

import dev.parley.providers.scripted.ScriptedText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.json.JsonMapper;

/**
 * A message to the scripted model, with the answer that it must give. Each script has a seed of its own, so that no two answers are
 * alike.
 */
public final class Script {

    private static final JsonMapper JSON = new JsonMapper();
    private static final AtomicLong SEEDS = new AtomicLong(1);

    private final Map<String, Number> settings;

    private Script(Map<String, Number> settings) {
        this.settings = settings;
    }

    /** @param rate chunks a second */
    public static Script of(int chunks, int rate) {
        return new Script(Map.of("chunks", chunks, "rate", rate, "seed", SEEDS.getAndIncrement()));
    }

    public Script firstDelayMs(int delay) {
        return with("first_delay_ms", delay);
    }

    /** Adds steps of reasoning, if the request asks for them. */
    public Script thinking(int steps) {
        return with("thinking", steps);
    }

    /** The model fails instead of sending this chunk, counted from 0. */
    public Script failAt(int chunk) {
        return with("fail_at", chunk);
    }

    /** The model sends nothing from this chunk on. */
    public Script hangAt(int chunk) {
        return with("hang_at", chunk);
    }

    /** What to send. */
    public String message() {
        return "/script " + JSON.writeValueAsString(settings);
    }

    /** The whole answer. */
    public String text() {
        return text(settings.getOrDefault("chunks", 0).intValue());
    }

    /** The answer's first chunks, joined. */
    public String text(int chunks) {
        return ScriptedText.text(seed(), chunks);
    }

    private long seed() {
        return settings.getOrDefault("seed", 0).longValue();
    }

    private Script with(String name, int value) {
        Map<String, Number> more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return new Script(more);
    }
}
