package dev.parley.engine.provider.selection;

import dev.parley.engine.provider.retry.RetryPolicy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Settings of the model services.
 *
 * <table>
 *   <caption>Names</caption>
 *   <tr><td>{@code OPENAI_API_KEY}, {@code OPENAI_BASE_URL}, {@code OPENAI_MODEL}</td>
 *       <td>and the same for {@code GROQ}, {@code GEMINI}, {@code ANTHROPIC}, {@code OLLAMA} (which has no key). Also as
 *       {@code parley.providers.openai.api-key}, {@code …base-url}, {@code …model}, which win</td></tr>
 *   <tr><td>{@code PARLEY_DEFAULT_PROVIDER}</td><td>or {@code parley.default-provider}: who answers when a message names nobody</td></tr>
 *   <tr><td>{@code parley.providers.connect-timeout}</td><td>5s</td></tr>
 *   <tr><td>{@code parley.providers.response-timeout}</td><td>60s: for the head of an answer</td></tr>
 *   <tr><td>{@code parley.providers.ollama-probe-timeout}</td><td>300ms: how long the start waits for a local Ollama</td></tr>
 *   <tr><td>{@code parley.providers.retry.attempts}</td><td>3, before the first token</td></tr>
 *   <tr><td>{@code parley.providers.retry.first-delay}</td><td>250ms, doubles</td></tr>
 *   <tr><td>{@code parley.providers.retry.max-delay}</td><td>10s: a service that asks for a longer break is given up</td></tr>
 * </table>
 */
public record ProviderSettings(
        Optional<String> defaultProvider,
        Map<Service, ServiceSettings> services,
        Duration connectTimeout,
        Duration responseTimeout,
        Duration ollamaProbeTimeout,
        RetryPolicy retry) {

    private static final String PREFIX = "parley.providers.";

    public static ProviderSettings of(Environment environment) {
        Binder binder = Binder.get(environment);
        Map<Service, ServiceSettings> services = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            services.put(
                    service,
                    new ServiceSettings(
                            text(environment, binder, service, "api-key"),
                            text(environment, binder, service, "base-url"),
                            text(environment, binder, service, "model")));
        }
        return new ProviderSettings(
                text(binder, "parley.default-provider").map(name -> name.toLowerCase(Locale.ROOT)),
                services,
                duration(binder, "connect-timeout", Duration.ofSeconds(5)),
                duration(binder, "response-timeout", Duration.ofSeconds(60)),
                duration(binder, "ollama-probe-timeout", Duration.ofMillis(300)),
                new RetryPolicy(
                        binder.bind(PREFIX + "retry.attempts", Integer.class).orElse(3),
                        duration(binder, "retry.first-delay", Duration.ofMillis(250)),
                        duration(binder, "retry.max-delay", Duration.ofSeconds(10))));
    }

    ServiceSettings of(Service service) {
        return Objects.requireNonNull(services.get(service));
    }

    /** A service is wanted if it is set up; Ollama, which needs no setting up, also if it is to be the default. */
    boolean isWanted(Service service) {
        return of(service).isSet()
                || (service == Service.OLLAMA && defaultProvider.equals(Optional.of(service.wireName())));
    }

    /** The name of a service's setting as people know it: {@code OPENAI_API_KEY}. */
    static String variable(Service service, String setting) {
        return service.name() + "_" + setting.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static Optional<String> text(Environment environment, Binder binder, Service service, String setting) {
        return text(binder, PREFIX + service.wireName() + "." + setting)
                .or(() -> given(environment.getProperty(variable(service, setting))));
    }

    private static Optional<String> text(Binder binder, String name) {
        return given(binder.bind(name, String.class).orElse(""));
    }

    /** An empty text is no setting: compose files pass those. */
    private static Optional<String> given(@Nullable String text) {
        return text == null || text.isBlank() ? Optional.empty() : Optional.of(text.strip());
    }

    private static Duration duration(Binder binder, String name, Duration usual) {
        return binder.bind(PREFIX + name, Duration.class).orElse(usual);
    }
}
