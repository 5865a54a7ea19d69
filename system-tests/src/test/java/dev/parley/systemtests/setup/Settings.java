package dev.parley.systemtests.setup;

import dev.parley.systemtests.client.Tokens;
import dev.parley.systemtests.model.FakeModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Settings of the processes under test. */
final class Settings {

    /** Few, so that a handful of users covers all partitions. */
    static final int PARTITIONS = 8;

    private Settings() {}

    /**
     * Options for a quick start and little memory: eight such processes fit on a machine with 8 GB. By default such a JVM collects its
     * whole heap each time its classes or compiled code have grown by some megabytes; in a worker this took a third of a second, a minute
     * after the start.
     */
    static List<String> jvm(int heapMiB) {
        return List.of(
                "-Xmx" + heapMiB + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:MetaspaceSize=128m",
                "-XX:ReservedCodeCacheSize=240m",
                "-Xshare:auto");
    }

    /**
     * The same for another locale, with other upper-case letters, other digits, and a time zone that is not UTC. No process may behave
     * differently there.
     */
    static List<String> jvm(int heapMiB, Locale locale) {
        List<String> options = new ArrayList<>(jvm(heapMiB));
        options.add("-Duser.language=" + locale.getLanguage());
        options.add("-Duser.country=" + locale.getCountry());
        options.add("-Duser.timezone=Asia/Kathmandu");
        return options;
    }

    static Map<String, String> with(FakeModel model, Map<String, String> more) {
        var settings = new HashMap<>(Map.of(
                "PARLEY_AUTH_SECRET",
                Tokens.SECRET,
                "PARLEY_TOPICS_PARTITIONS",
                Integer.toString(PARTITIONS),
                "PARLEY_DEFAULT_PROVIDER",
                "scripted",
                "OPENAI_BASE_URL",
                model.baseUrl().toString(),
                "OPENAI_API_KEY",
                "no-secret",
                "OPENAI_MODEL",
                "fake"));
        settings.putAll(more);
        return settings;
    }
}
