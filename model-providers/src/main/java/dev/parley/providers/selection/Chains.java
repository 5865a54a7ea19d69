package dev.parley.providers.selection;

import dev.parley.providers.category.Category;
import dev.parley.providers.chain.Link;
import dev.parley.providers.scripted.ScriptedProvider;
import dev.parley.service.startup.ShownValue;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The chain of providers for each category. A category without a chain of its own has the chain of {@code general}. Without a setting,
 * that is the default provider followed by all others that are set up. {@code scripted} is in a chain only if a setting puts it there,
 * because it does not answer the question.
 */
final class Chains {

    private final Map<Category, List<Link>> chains = new EnumMap<>(Category.class);

    private Chains() {}

    /**
     * @param defaultProvider the first provider if no chain is set
     * @throws SettingException if a chain names a provider that is not set up; the message has the chain and the position
     */
    static Chains of(
            Map<Category, List<ChainEntry>> settings, Map<String, Candidate> candidates, Candidate defaultProvider) {
        Chains chains = new Chains();
        settings.forEach((category, entries) -> chains.chains.put(category, links(category, entries, candidates)));
        chains.chains.putIfAbsent(Category.GENERAL, allFrom(defaultProvider, candidates));
        return chains;
    }

    /** The chain of a category: at least one provider. */
    List<Link> of(Category category) {
        List<Link> own = chains.get(category);
        return own == null ? Objects.requireNonNull(chains.get(Category.GENERAL)) : own;
    }

    /** This provider, followed by the chain without it. */
    static List<Link> startingWith(Link first, List<Link> chain) {
        List<Link> all = new ArrayList<>(List.of(first));
        chain.stream().filter(link -> !isSame(link, first)).forEach(all::add);
        return all;
    }

    private static List<Link> links(Category category, List<ChainEntry> entries, Map<String, Candidate> candidates) {
        List<Link> links = new ArrayList<>();
        for (ChainEntry entry : entries) {
            Candidate candidate = candidates.get(entry.provider());
            String place = "has " + ShownValue.of(entry.provider()) + " as number " + (links.size() + 1);
            if (candidate == null) {
                throw ChainEntry.unusable(
                        category,
                        place + ", which is not set up",
                        DefaultProvider.remedy(entry.provider(), candidates.keySet()));
            }
            if (entry.model().isPresent() && !candidate.hasModels()) {
                throw ChainEntry.unusable(
                        category,
                        place + " with a model",
                        "It has one model only: leave out the colon and what follows.");
            }
            links.add(candidate.link(entry.model().orElse(null)));
        }
        return links;
    }

    private static List<Link> allFrom(Candidate defaultProvider, Map<String, Candidate> candidates) {
        Link first = defaultProvider.link(null);
        if (defaultProvider.name().equals(ScriptedProvider.NAME)) {
            return List.of(first);
        }
        List<Link> others = candidates.values().stream()
                .filter(candidate -> !candidate.name().equals(ScriptedProvider.NAME))
                .map(candidate -> candidate.link(null))
                .collect(Collectors.toList());
        return startingWith(first, others);
    }

    private static boolean isSame(Link link, Link other) {
        return link.provider().name().equals(other.provider().name())
                && link.model().get().equals(other.model().get());
    }
}
