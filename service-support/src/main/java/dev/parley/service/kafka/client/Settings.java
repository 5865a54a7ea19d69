package dev.parley.service.kafka.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The settings of one client: the configured ones, and over them those of its kind. */
final class Settings {

    private final Map<String, Object> all;

    private Settings(Map<String, Object> configured) {
        this.all = new HashMap<>(configured);
    }

    static Settings over(Map<String, Object> configured) {
        return new Settings(configured);
    }

    Settings set(String name, Object value) {
        all.put(name, value);
        return this;
    }

    /** In whole milliseconds, as an int. */
    Settings setMs(String name, Duration value) {
        return set(name, Math.toIntExact(value.toMillis()));
    }

    /** A configured value that is lower stays. */
    Settings setAtMost(String name, int most) {
        all.merge(name, most, (configured, _) -> Math.min(Integer.parseInt(configured.toString()), most));
        return this;
    }

    Settings remove(String name) {
        all.remove(name);
        return this;
    }

    Map<String, Object> toMap() {
        return all;
    }
}
