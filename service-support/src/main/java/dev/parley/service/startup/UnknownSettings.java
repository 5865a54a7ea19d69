package dev.parley.service.startup;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Finds names under {@code parley.} that no record binds. Most of them are misspelt. */
final class UnknownSettings {

    private static final String VARIABLE_PREFIX = "PARLEY_";
    private static final String PREFIX = Groups.ROOT + ".";
    /** For each property source. */
    private static final int MAX_REPORTED = 50;

    private final SettingNames known;
    /** The known names, and the former ones, which are not proposed. */
    private final Set<String> accepted;

    private final Set<String> groups;

    /** @param groups the groups that this service binds; names in other groups are not reported */
    UnknownSettings(SettingNames known, Set<String> formerNames, Set<String> groups) {
        this.known = known;
        this.accepted = new TreeSet<>(known.exact());
        this.accepted.addAll(formerNames);
        this.groups = groups;
    }

    /** One sentence for each unknown name, in a stable order. */
    List<String> in(ConfigurableEnvironment environment) {
        List<String> reported = new ArrayList<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> names) {
                boolean areVariables =
                        source.getName().startsWith(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
                Stream.of(names.getPropertyNames())
                        .filter(areVariables ? this::isUnknownVariable : this::isUnknownProperty)
                        .sorted()
                        .limit(MAX_REPORTED)
                        .map(name -> sentence(name, areVariables))
                        .filter(Predicate.not(reported::contains))
                        .forEach(reported::add);
            }
        }
        return reported;
    }

    private String sentence(String name, boolean isVariable) {
        return "The setting " + clean(name) + " is unknown and has no effect. The most similar known setting is "
                + nearest(name, isVariable) + ".";
    }

    private boolean isUnknownVariable(String name) {
        if (!name.startsWith(VARIABLE_PREFIX)) {
            return false;
        }
        String bare = letters(name);
        boolean isKnown = accepted.stream().anyMatch(each -> isOrItemOf(bare, letters(each)))
                || known.open().stream().anyMatch(each -> bare.startsWith(letters(each)));
        return !isKnown && isOurs(bare);
    }

    /** {@code parley.engine.stopPatience} is the same setting as {@code parley.engine.stop-patience}. */
    private boolean isUnknownProperty(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!lower.startsWith(PREFIX)) {
            return false;
        }
        String bare = lower.replace("-", "").replace("_", "");
        boolean isKnown = accepted.stream()
                        .map(each -> each.replace("-", ""))
                        .anyMatch(each -> bare.equals(each) || bare.startsWith(each + "["))
                || known.open().stream().anyMatch(each -> bare.startsWith(each.replace("-", "")));
        return !isKnown && isOurs(letters(name));
    }

    /** Whether the name is not in a group that only other services bind. */
    private boolean isOurs(String bare) {
        return Groups.ALL.stream()
                .filter(group -> !groups.contains(group) && !known.exact().contains(group))
                .noneMatch(group -> bare.startsWith(letters(group)));
    }

    /** In environment variables, items of lists end in {@code _0}, {@code _1}, …. */
    private static boolean isOrItemOf(String bare, String knownBare) {
        return bare.startsWith(knownBare)
                && bare.substring(knownBare.length()).chars().allMatch(Character::isDigit);
    }

    private String nearest(String name, boolean isVariable) {
        String bare = letters(name);
        String best = "";
        int least = Integer.MAX_VALUE;
        Set<String> all = new TreeSet<>(known.exact());
        known.open().forEach(prefix -> all.add(prefix.substring(0, prefix.length() - 1)));
        for (String each : all) {
            int distance = distance(bare, letters(each));
            if (distance < least) {
                least = distance;
                best = each;
            }
        }
        return isVariable ? SettingNames.variable(best) : best;
    }

    private static String letters(String name) {
        StringBuilder letters = new StringBuilder();
        name.toLowerCase(Locale.ROOT)
                .chars()
                .filter(each -> each >= 'a' && each <= 'z' || each >= '0' && each <= '9')
                .forEach(each -> letters.append((char) each));
        return letters.toString();
    }

    private static String clean(String name) {
        return name.replaceAll("[^\\x21-\\x7e]", "?").substring(0, Math.min(name.length(), 100));
    }

    /** The Levenshtein distance: how many characters to insert, delete or replace. */
    static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int i = 0; i <= other.length(); i++) {
            row[i] = i;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int above = row[j];
                int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[other.length()];
    }
}
