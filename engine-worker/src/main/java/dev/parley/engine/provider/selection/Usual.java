package dev.parley.engine.provider.selection;

import dev.parley.engine.provider.scripted.ScriptedProvider;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who answers when a message names nobody.
 *
 * @param explanation why, and how to change it, in a line
 */
record Usual(Candidate candidate, String explanation) {

    /** @param candidates by name, the first one first; {@code scripted} is the last */
    static Usual of(ProviderSettings settings, Map<String, Candidate> candidates) {
        if (settings.defaultProvider().isPresent()) {
            return asked(settings.defaultProvider().get(), candidates);
        }
        String first = candidates.keySet().iterator().next();
        Candidate candidate = Objects.requireNonNull(candidates.get(first));
        return new Usual(
                candidate, "Answers come from " + describe(candidate) + why(first, settings) + change(candidates));
    }

    private static Usual asked(String name, Map<String, Candidate> candidates) {
        Candidate candidate = candidates.get(name);
        if (candidate == null) {
            throw new IllegalArgumentException("PARLEY_DEFAULT_PROVIDER: it is none of those that are set up: "
                    + String.join(", ", candidates.keySet())
                    + ". A service is set up by its key, such as OPENAI_API_KEY, or its address.");
        }
        return new Usual(
                candidate,
                "Answers come from " + describe(candidate) + ", as PARLEY_DEFAULT_PROVIDER says." + change(candidates));
    }

    private static String describe(Candidate candidate) {
        String model = candidate.model(null);
        return candidate.provider().name()
                + (model.equals(FirstModel.AUTO) ? " (the first model it offers)" : " (model " + model + ")");
    }

    private static String why(String name, ProviderSettings settings) {
        if (name.equals(ScriptedProvider.NAME)) {
            return ", which needs no key: no model service is set up, and no Ollama answers. For a real model set one of "
                    + variables() + " or start Ollama, and start again.";
        }
        Optional<Service> set = Arrays.stream(Service.values())
                .filter(service ->
                        service.wireName().equals(name) && settings.of(service).isSet())
                .findFirst();
        return set.map(service ->
                        ", the first that is set up (" + settings.of(service).variable(service) + ").")
                .orElse(", which was found on this machine; no other model service is set up.");
    }

    private static String variables() {
        return Arrays.stream(Service.values())
                .filter(service -> service != Service.OLLAMA)
                .map(service -> ProviderSettings.variable(service, "api-key"))
                .collect(Collectors.joining(", "));
    }

    private static String change(Map<String, Candidate> candidates) {
        return candidates.size() == 1
                ? ""
                : " PARLEY_DEFAULT_PROVIDER chooses among " + String.join(", ", candidates.keySet()) + ".";
    }
}
