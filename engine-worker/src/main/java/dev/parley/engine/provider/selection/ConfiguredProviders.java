package dev.parley.engine.provider.selection;

import dev.parley.engine.provider.ModelChoice;
import dev.parley.engine.provider.Providers;
import dev.parley.engine.provider.http.ModelHttp;
import dev.parley.engine.provider.scripted.ScriptedProvider;
import dev.parley.schema.command.ChatContext;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The providers that the settings give, with {@code scripted} always among them. */
public final class ConfiguredProviders implements Providers, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredProviders.class);

    private final ModelHttp http;
    private final Map<String, Candidate> candidates = new LinkedHashMap<>();
    private final Usual usual;

    /**
     * Makes what the settings name, and looks for a local Ollama for a moment. Says in the log who answers and why.
     *
     * @throws IllegalArgumentException if a setting cannot be used; the message names it and repeats no value
     */
    public ConfiguredProviders(ProviderSettings settings) {
        this(settings, Service.OLLAMA.usualBaseUrl());
    }

    ConfiguredProviders(ProviderSettings settings, String localOllama) {
        this.http = new ModelHttp(settings.connectTimeout(), settings.responseTimeout());
        CandidateFactory factory = new CandidateFactory(settings, http, localOllama);
        for (Service service : Service.values()) {
            if (settings.isWanted(service) || (service == Service.OLLAMA && factory.answers(service))) {
                candidates.put(service.wireName(), factory.candidate(service));
            }
        }
        candidates.put(
                ScriptedProvider.NAME, new Candidate(new ScriptedProvider(), () -> ScriptedProvider.MODEL, false));
        this.usual = Usual.of(settings, candidates);
        LOG.info(usual.explanation());
    }

    @Override
    public ModelChoice choose(ChatContext context, String message) {
        Candidate chosen = named(context.provider()).orElse(usual.candidate());
        return new ModelChoice(
                chosen.provider(),
                chosen.model(context.model()),
                Category.named(context.category()).wireName());
    }

    /** Why the usual provider is the one that answers, and how to change it, in a line. */
    public String explanation() {
        return usual.explanation();
    }

    /** Ends what is under way, too. */
    @Override
    public void close() {
        http.close();
    }

    private Optional<Candidate> named(@Nullable String provider) {
        return Optional.ofNullable(provider)
                .map(name -> candidates.get(name.strip().toLowerCase(Locale.ROOT)));
    }
}
