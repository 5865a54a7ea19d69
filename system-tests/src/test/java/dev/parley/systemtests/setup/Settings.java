package dev.parley.systemtests.setup;

import dev.parley.systemtests.client.Tokens;
import dev.parley.systemtests.model.FakeModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the processes under test are given. */
final class Settings {

    /** Few, so that a handful of users is in each of them. */
    static final int PARTITIONS = 8;

    private Settings() {}

    /**
     * Quick to start, and small enough for eight of them on a machine of 8 GB. Left alone, such a JVM collects all of its heap each time
     * that its classes or its compiled code have grown by some megabytes; the code of a worker did so a minute after its start, for a third
     * of a second.
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
     * The same for somebody elsewhere. No process may behave otherwise there: letters have other cases, digits other signs, and the time of day
     * is not UTC.
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
