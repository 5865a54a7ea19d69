package dev.parley.providers.selection;

import dev.parley.providers.Provider;
import dev.parley.providers.anthropic.AnthropicDialect;
import dev.parley.providers.breaker.Breaker;
import dev.parley.providers.breaker.ServiceBreaker;
import dev.parley.providers.call.TimeLimit;
import dev.parley.providers.call.TimedCall;
import dev.parley.providers.gemini.GeminiDialect;
import dev.parley.providers.http.Dialect;
import dev.parley.providers.http.Failures;
import dev.parley.providers.http.HttpProvider;
import dev.parley.providers.http.ModelHttp;
import dev.parley.providers.http.ServiceAddress;
import dev.parley.providers.ollama.OllamaDialect;
import dev.parley.providers.openai.OpenAiDialect;
import dev.parley.providers.retry.RetryingProvider;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Creates the provider of a service from its settings. */
final class CandidateFactory {

    private final ProviderSettings settings;
    private final ModelHttp http;
    private final String localOllama;
    private final Map<Service, FirstModel> firstModels = new EnumMap<>(Service.class);

    /** @param localOllama the address of Ollama if none is set */
    CandidateFactory(ProviderSettings settings, ModelHttp http, String localOllama) {
        this.settings = settings;
        this.http = http;
        this.localOllama = localOllama;
    }

    Candidate candidate(Service service) {
        Provider provider = new HttpProvider(service.wireName(), http, address(service), dialect(service));
        Optional<String> model = settings.of(service).model().or(() -> defaultModel(service));
        if (model.isPresent()) {
            return new Candidate(retrying(provider), model::get, true, breaker(service));
        }
        FirstModel first = firstModel(service);
        isRunning(service); // finds out the model's name, so that events have it from the start
        return new Candidate(
                retrying(new FirstModelProvider(provider, first, settings.responseTimeout())),
                first::nameIfKnown,
                true,
                breaker(service));
    }

    /** Whether the service is running and has a model. Waits for a short time only. */
    boolean isRunning(Service service) {
        Duration limit = settings.ollamaProbeTimeout();
        return TimedCall.start(
                        "provider-probe",
                        new TimeLimit(limit),
                        () -> firstModel(service).name(limit))
                .resultInTime()
                .isPresent();
    }

    /** Starts to check whether the service can be reached and accepts the key. */
    FirstCheck check(Service service) {
        Optional<String> key = settings.of(service).apiKey();
        String path = switch (service) {
            case OPENAI, GROQ, GEMINI -> "/models";
            case ANTHROPIC -> "/v1/models";
            case OLLAMA -> "/api/tags";
        };
        Map<String, String> headers = new HashMap<>();
        key.ifPresent(secret -> {
            switch (service) {
                case OPENAI, GROQ, OLLAMA -> headers.put("Authorization", "Bearer " + secret);
                case GEMINI -> headers.put("x-goog-api-key", secret);
                case ANTHROPIC -> headers.put("x-api-key", secret);
            }
        });
        if (service == Service.ANTHROPIC) {
            headers.put("anthropic-version", AnthropicDialect.VERSION);
        }
        return FirstCheck.of(service, http, address(service), path, headers);
    }

    private Dialect dialect(Service service) {
        Optional<String> key = settings.of(service).apiKey();
        return switch (service) {
            case OPENAI -> isCompatibleServer(service) ? OpenAiDialect.compatible(key) : OpenAiDialect.ofOpenAi(key);
            case GROQ -> OpenAiDialect.ofOpenAi(key);
            case GEMINI -> new GeminiDialect(key);
            case ANTHROPIC -> new AnthropicDialect(key);
            case OLLAMA -> new OllamaDialect();
        };
    }

    private FirstModel firstModel(Service service) {
        return firstModels.computeIfAbsent(service, this::newFirstModel);
    }

    private FirstModel newFirstModel(Service service) {
        Map<String, String> headers = settings.of(service)
                .apiKey()
                .map(key -> Map.of("Authorization", "Bearer " + key))
                .orElse(Map.of());
        return new FirstModel(
                http,
                address(service),
                service == Service.OLLAMA ? FirstModel.Listing.OLLAMA : FirstModel.Listing.OPENAI,
                headers,
                service.defaultModel(),
                new Failures(service.wireName()));
    }

    /** A server of the operator's own does not have the default model. */
    private Optional<String> defaultModel(Service service) {
        return isCompatibleServer(service) ? Optional.empty() : service.defaultModel();
    }

    private boolean isCompatibleServer(Service service) {
        return service == Service.OPENAI
                && settings.of(service).baseUrl().isPresent()
                && !address(service).host().equals("api.openai.com");
    }

    private Breaker breaker(Service service) {
        return new ServiceBreaker(service.wireName(), settings.breaker());
    }

    private Provider retrying(Provider provider) {
        return new RetryingProvider(provider, settings.retry());
    }

    private ServiceAddress address(Service service) {
        String standard = service == Service.OLLAMA ? localOllama : service.defaultBaseUrl();
        return new ServiceAddress(settings.of(service).baseUrl().orElse(standard));
    }
}
