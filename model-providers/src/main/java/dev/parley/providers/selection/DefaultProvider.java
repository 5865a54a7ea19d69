package dev.parley.providers.selection;

import dev.parley.providers.category.Category;
import dev.parley.providers.scripted.ScriptedProvider;
import dev.parley.service.startup.Groups;
import dev.parley.service.startup.SettingException;
import dev.parley.service.startup.SettingProblem;
import dev.parley.service.startup.ShownValue;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The provider that is asked first if a message names none and its category has no chain of its own.
 *
 * @param reason why it is the default, as the end of a sentence
 */
record DefaultProvider(Candidate candidate, String reason) {

    private static final String SETTING = "PARLEY_DEFAULT_PROVIDER (" + Groups.DEFAULT_PROVIDER + ")";

    /**
     * @param candidates by name, in the order of preference; {@code scripted} is the last
     * @throws SettingException if the setting names a provider that is not set up, or contradicts another setting
     */
    static DefaultProvider of(ProviderSettings settings, Map<String, Candidate> candidates) {
        if (settings.defaultProvider().isPresent()) {
            return set(settings, settings.defaultProvider().get(), candidates);
        }
        String first = candidates.keySet().iterator().next();
        return new DefaultProvider(Objects.requireNonNull(candidates.get(first)), why(first, settings));
    }

    private static DefaultProvider set(ProviderSettings settings, String name, Map<String, Candidate> candidates) {
        Candidate candidate = candidates.get(name);
        if (candidate == null) {
            throw new SettingException(new SettingProblem(
                    SETTING, "is " + ShownValue.of(name) + ", which is not set up", remedy(name, candidates.keySet())));
        }
        List<ChainEntry> general = settings.chains().getOrDefault(Category.GENERAL, List.of());
        if (!general.isEmpty() && !general.getFirst().provider().equals(name)) {
            throw new SettingException(new SettingProblem(
                    SETTING,
                    "is " + ShownValue.of(name) + ", which is not the first of " + ChainEntry.setting(Category.GENERAL),
                    "Leave one of the two out."));
        }
        return new DefaultProvider(candidate, "as PARLEY_DEFAULT_PROVIDER says.");
    }

    /** What to do about a provider that is not set up. */
    static String remedy(String name, Collection<String> candidates) {
        Optional<Service> service = Arrays.stream(Service.values())
                .filter(each -> each.wireName().equals(name))
                .findFirst();
        return "It can be " + String.join(", ", candidates) + "."
                + service.map(each -> " For " + name + " set " + ProviderSettings.variable(each, "api-key") + " (or "
                                + ProviderSettings.variable(each, "base-url") + " for a service of your own).")
                        .orElseGet(() -> " Others are "
                                + Arrays.stream(Service.values())
                                        .map(Service::wireName)
                                        .filter(each -> !candidates.contains(each))
                                        .collect(Collectors.joining(", "))
                                + ": each is set up by its key, such as OPENAI_API_KEY, or its address.");
    }

    private static String why(String name, ProviderSettings settings) {
        if (name.equals(ScriptedProvider.NAME)) {
            return "which needs no key: no model service is set up, and no Ollama answers. For a real model set one of "
                    + variables() + " or start Ollama, and start again.";
        }
        Optional<Service> set = Arrays.stream(Service.values())
                .filter(service ->
                        service.wireName().equals(name) && settings.of(service).isSet())
                .findFirst();
        return set.map(service ->
                        "the first that is set up (" + settings.of(service).variable(service) + ").")
                .orElse("which was found on this machine; no other model service is set up.");
    }

    private static String variables() {
        return Arrays.stream(Service.values())
                .filter(service -> service != Service.OLLAMA)
                .map(service -> ProviderSettings.variable(service, "api-key"))
                .collect(Collectors.joining(", "));
    }
}
