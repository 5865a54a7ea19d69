package dev.parley.providers.selection;

import dev.parley.providers.ModelChoice;
import dev.parley.providers.NamedModel;
import dev.parley.providers.Providers;
import dev.parley.providers.breaker.Breaker;
import dev.parley.providers.category.Category;
import dev.parley.providers.category.Classifier;
import dev.parley.providers.chain.ChainProvider;
import dev.parley.providers.chain.Link;
import dev.parley.providers.chain.ProviderObserver;
import dev.parley.providers.http.ModelHttp;
import dev.parley.providers.scripted.ScriptedProvider;
import dev.parley.service.trace.Traces;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The providers that are set up, always including {@code scripted}. */
public final class ConfiguredProviders implements Providers, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredProviders.class);

    private final ModelHttp http;
    private final ProviderSettings settings;
    private final ProviderObserver observer;
    private final Map<String, Candidate> candidates = new LinkedHashMap<>();
    private final Chains chains;
    private final String explanation;
    private final CandidateFactory factory;

    /**
     * Creates the providers that are set up, looks for a local Ollama for a short time, and logs which provider answers and why.
     *
     * @throws IllegalArgumentException if a setting is not valid; the message names it and contains no key
     */
    public ConfiguredProviders(ProviderSettings settings, ProviderObserver observer, Traces traces) {
        this(settings, observer, traces, Service.OLLAMA.defaultBaseUrl());
    }

    ConfiguredProviders(ProviderSettings settings, ProviderObserver observer, String localOllama) {
        this(settings, observer, Traces.notExported(), localOllama);
    }

    private ConfiguredProviders(
            ProviderSettings settings, ProviderObserver observer, Traces traces, String localOllama) {
        this.settings = settings;
        this.observer = observer;
        this.http = new ModelHttp(settings.connectTimeout(), settings.responseTimeout(), traces);
        this.factory = new CandidateFactory(settings, http, localOllama);
        for (Service service : Service.values()) {
            if (settings.isSetUp(service) || (service == Service.OLLAMA && factory.isRunning(service))) {
                candidates.put(service.wireName(), factory.candidate(service));
            }
        }
        candidates.put(
                ScriptedProvider.NAME,
                new Candidate(new ScriptedProvider(), () -> ScriptedProvider.MODEL, false, Breaker.NONE));
        candidates.values().forEach(one -> observer.watch(one.name(), one.breaker()::state));
        DefaultProvider defaultProvider = DefaultProvider.of(settings, candidates);
        this.chains = Chains.of(settings.chains(), candidates, defaultProvider.candidate());
        this.explanation = Explanation.of(defaultProvider, chains, settings.chains(), candidates.keySet());
        LOG.info(explanation);
    }

    @Override
    public ModelChoice choose(NamedModel requested, String message) {
        Category category = Category.named(requested.category()).orElseGet(() -> Classifier.of(message));
        return choice(links(requested, category), category.wireName());
    }

    @Override
    public ModelChoice resume(NamedModel requested, String message, NamedModel begun) {
        Category category = Category.named(begun.category()).orElse(Category.GENERAL);
        List<Link> asRequested = links(requested, category);
        String model = FirstModel.AUTO.equals(begun.model()) ? null : begun.model();
        List<Link> links = named(begun.provider())
                .map(candidate -> Chains.startingWith(candidate.link(model), asRequested))
                .orElse(asRequested);
        return choice(links, category.wireName());
    }

    /** One line that says which provider answers, why, and how to change it. */
    public String explanation() {
        return explanation;
    }

    /**
     * The {@link #explanation} after a check whether the first provider can be reached and accepts its key; it names the problem if not.
     * Takes at most two seconds.
     */
    public String checkedExplanation() {
        String first = chains.of(Category.GENERAL).getFirst().provider().name();
        Optional<String> problem = Arrays.stream(Service.values())
                .filter(service -> service.wireName().equals(first))
                .findFirst()
                .flatMap(service -> factory.check(service).problem());
        return problem.map(found -> "Messages fail for now: " + found + ". " + Explanation.remedy(first) + " "
                        + explanation.replaceFirst("^Answers come from ", "Answers would come from "))
                .orElse(explanation);
    }

    /** Also ends requests that are running. */
    @Override
    public void close() {
        http.close();
    }

    private ModelChoice choice(List<Link> links, String category) {
        ChainProvider chain = new ChainProvider(links, settings.firstTokenTimeout(), settings.prices(), observer);
        return new ModelChoice(chain, chain.model(), category);
    }

    /** The chain of the category; a provider or a model that is requested by name comes before it. */
    private List<Link> links(NamedModel requested, Category category) {
        List<Link> chain = chains.of(category);
        Optional<Candidate> named = named(requested.provider());
        Candidate first = named.orElseGet(() -> candidateOf(chain.getFirst()));
        Link link = first.link(requested.model());
        if (named.isPresent() && standsAlone(first)) {
            return List.of(link);
        }
        boolean nothingNamed =
                named.isEmpty() && ModelName.of(requested.model()).isEmpty();
        return nothingNamed ? chain : Chains.startingWith(link, chain);
    }

    /** If the scripted provider is requested by name, no other provider may answer. */
    private static boolean standsAlone(Candidate candidate) {
        return candidate.name().equals(ScriptedProvider.NAME);
    }

    private Candidate candidateOf(Link link) {
        return Objects.requireNonNull(candidates.get(link.provider().name()));
    }

    private Optional<Candidate> named(@Nullable String provider) {
        return Optional.ofNullable(provider)
                .map(name -> candidates.get(name.strip().toLowerCase(Locale.ROOT)));
    }
}
