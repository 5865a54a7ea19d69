package dev.parley.service.startup;

/**
 * A setting that cannot be used.
 *
 * @param setting its name, such as {@code PARLEY_ENGINE_LEASE} or {@code parley.engine.lease}
 * @param found what is wrong, as a predicate: {@code is "0s"}; never the value of a secret
 * @param remedy what to do, as a sentence: {@code It must be at least 100 ms.}
 */
public record SettingProblem(String setting, String found, String remedy) {

    /** @param value the configured value; shown unless it may be a secret */
    public static SettingProblem of(String setting, Object value, String remedy) {
        return new SettingProblem(setting, "is " + ShownValue.of(setting, value), remedy);
    }

    /** In one line. */
    public String text() {
        return setting + " " + found + ". " + remedy;
    }
}
