package dev.parley.providers.price;

import dev.parley.providers.Price;
import dev.parley.service.startup.SettingException;
import dev.parley.service.startup.SettingProblem;
import dev.parley.service.startup.ShownValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The prices of models, as set. There are no built-in prices, because they change and a wrong price is worse than none.
 *
 * @param rules the first that matches applies
 */
public record Prices(List<Rule> rules) {

    /** The name of the setting. */
    public static final String SETTING = "parley.providers.prices";

    public static final Prices NONE = new Prices(List.of());

    private static final int MAX_RULES = 1_000;
    private static final int MAX_MODEL_CHARS = 256;
    private static final Pattern RULE = Pattern.compile("([a-z]{1,32}):([^\\s=,]{1," + MAX_MODEL_CHARS
            + "})=(\\d{1,6}(?:\\.\\d{1,6})?)/(\\d{1,6}(?:\\.\\d{1,6})?)");

    /** @param model a pattern in which {@code *} stands for any text */
    public record Rule(String provider, String model, Price price) {

        boolean matches(String someProvider, String someModel) {
            return provider.equals(someProvider) && Wildcard.matches(model, someModel);
        }
    }

    public Prices {
        rules = List.copyOf(rules);
    }

    /**
     * Reads prices such as {@code openai:gpt-6*=1.25/10}: provider, model, US dollars per million tokens of the prompt and of the
     * answer.
     *
     * @throws SettingException if one of them cannot be read; the message has its number, counted from 1
     */
    public static Prices read(List<String> texts) {
        if (texts.size() > MAX_RULES) {
            throw unusable("has " + texts.size() + " entries", "At most " + MAX_RULES + " are possible.");
        }
        List<Rule> rules = new ArrayList<>();
        for (String text : texts) {
            Matcher rule = RULE.matcher(text.strip());
            if (!rule.matches()) {
                throw unusable(
                        "has " + ShownValue.of(text) + " as number " + (rules.size() + 1) + ", which is no price",
                        "A price is <provider>:<model>=<prompt>/<answer>, such as openai:gpt-6*=1.25/10, in US dollars"
                                + " a million tokens; several are separated by commas.");
            }
            rules.add(new Rule(
                    rule.group(1),
                    rule.group(2),
                    new Price(new BigDecimal(rule.group(3)), new BigDecimal(rule.group(4)))));
        }
        return new Prices(rules);
    }

    private static SettingException unusable(String found, String remedy) {
        return new SettingException(new SettingProblem("PARLEY_PROVIDERS_PRICES (" + SETTING + ")", found, remedy));
    }

    /** Empty if no price is set. */
    public Optional<Price> of(String provider, String model) {
        return rules.stream()
                .filter(rule -> rule.matches(provider, model))
                .map(Rule::price)
                .findFirst();
    }
}
