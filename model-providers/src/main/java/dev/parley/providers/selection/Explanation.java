package dev.parley.providers.selection;

import dev.parley.providers.category.Category;
import dev.parley.providers.chain.Link;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Describes in one line, for the operator, which provider answers, why, and how to change it. */
final class Explanation {

    private Explanation() {}

    static String of(
            DefaultProvider defaultProvider,
            Chains chains,
            Map<Category, List<ChainEntry>> settings,
            Collection<String> candidates) {
        List<Link> general = chains.of(Category.GENERAL);
        String why = settings.containsKey(Category.GENERAL)
                ? "as " + ChainEntry.setting(Category.GENERAL) + " says."
                : defaultProvider.reason();
        return "Answers come from " + describe(general.getFirst()) + ", " + why + others(general) + ownChains(settings)
                + change(candidates);
    }

    /** What to do if a provider cannot be reached or does not accept its key. */
    static String remedy(String provider) {
        return Arrays.stream(Service.values())
                .filter(service -> service.wireName().equals(provider))
                .findFirst()
                .map(service -> "Check "
                        + (service == Service.OLLAMA ? "" : ProviderSettings.variable(service, "api-key") + " and ")
                        + ProviderSettings.variable(service, "base-url") + ", and start again.")
                .orElse("");
    }

    private static String describe(Link link) {
        String model = link.model().get();
        return link.provider().name()
                + (model.equals(FirstModel.AUTO) ? " (the first model it offers)" : " (model " + model + ")");
    }

    private static String others(List<Link> chain) {
        return chain.size() == 1
                ? ""
                : " Where it cannot, from "
                        + chain.stream().skip(1).map(Explanation::describe).collect(Collectors.joining(", then "))
                        + ".";
    }

    private static String ownChains(Map<Category, List<ChainEntry>> settings) {
        String own = settings.keySet().stream()
                .filter(category -> category != Category.GENERAL)
                .map(Category::wireName)
                .collect(Collectors.joining(", "));
        return own.isEmpty() ? "" : " Chains of their own have: " + own + ".";
    }

    private static String change(Collection<String> candidates) {
        return candidates.size() == 1
                ? ""
                : " PARLEY_DEFAULT_PROVIDER chooses among " + String.join(", ", candidates) + ".";
    }
}
