package dev.parley.engine.provider.selection;

import dev.parley.engine.provider.breaker.BreakerSettings;
import dev.parley.engine.provider.category.Category;
import dev.parley.engine.provider.price.Prices;
import dev.parley.engine.provider.retry.RetryPolicy;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Settings of the model services: {@code OPENAI_API_KEY}, {@code OPENAI_BASE_URL}, {@code OPENAI_MODEL} and the same for the other
 * services, {@code PARLEY_DEFAULT_PROVIDER}, and what is below {@code parley.providers}. {@code docs/providers.md} has all of them with
 * their defaults.
 *
 * @param firstTokenTimeout how long one provider of a chain may be silent before its first word, retries included, if there is another
 * @param chains where some are set; by category, the first one first
 */
public record ProviderSettings(
        Optional<String> defaultProvider,
        Map<Service, ServiceSettings> services,
        Duration connectTimeout,
        Duration responseTimeout,
        Duration ollamaProbeTimeout,
        Duration firstTokenTimeout,
        RetryPolicy retry,
        BreakerSettings breaker,
        Map<Category, List<ChainEntry>> chains,
        Prices prices) {

    private static final String PREFIX = "parley.providers.";
    private static final String CHAINS = PREFIX + "chains";

    /** @throws IllegalArgumentException if a time makes no sense, or a key cannot be sent; the message does not repeat it */
    public ProviderSettings {
        if (firstTokenTimeout.toMillis() < 1) {
            throw new IllegalArgumentException(PREFIX + "first-token-timeout: a time above zero");
        }
        services.forEach((service, set) -> set.apiKey().ifPresent(key -> checkKey(service, key)));
    }

    /** Some things that are copied with a key cannot be seen: marks of a text's beginning, blanks without width, line breaks. */
    private static void checkKey(Service service, String key) {
        if (!key.chars().allMatch(each -> each >= ' ' && each <= '~')) {
            throw new IllegalArgumentException(variable(service, "api-key")
                    + ": it has a character that no key has, perhaps one that cannot be seen; type or copy it anew");
        }
    }

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
                duration(binder, "first-token-timeout", Duration.ofSeconds(20)),
                new RetryPolicy(
                        number(binder, "retry.attempts", 3),
                        duration(binder, "retry.first-delay", Duration.ofMillis(250)),
                        duration(binder, "retry.max-delay", Duration.ofSeconds(10))),
                new BreakerSettings(
                        number(binder, "breaker.calls", 20),
                        number(binder, "breaker.min-calls", 5),
                        number(binder, "breaker.failure-percent", 50),
                        duration(binder, "breaker.open-for", Duration.ofSeconds(30)),
                        number(binder, "breaker.trial-calls", 2)),
                chains(binder),
                prices(binder));
    }

    ServiceSettings of(Service service) {
        return Objects.requireNonNull(services.get(service));
    }

    /** A service is wanted if it is set up; Ollama, which needs no setting up, also if it is to be the default or in a chain. */
    boolean isWanted(Service service) {
        return of(service).isSet() || (service == Service.OLLAMA && isNamed(service.wireName()));
    }

    private boolean isNamed(String provider) {
        return defaultProvider.equals(Optional.of(provider))
                || chains.values().stream()
                        .flatMap(List::stream)
                        .anyMatch(entry -> entry.provider().equals(provider));
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

    private static Map<Category, List<ChainEntry>> chains(Binder binder) {
        Map<Category, List<ChainEntry>> chains = new EnumMap<>(Category.class);
        binder.bind(CHAINS, Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .keySet()
                .forEach(ProviderSettings::checkCategory);
        for (Category category : Category.values()) {
            List<String> texts = texts(binder, CHAINS + "." + category.wireName());
            if (!texts.isEmpty()) {
                chains.put(category, ChainEntry.read(category, texts));
            }
        }
        return Collections.unmodifiableMap(chains);
    }

    private static void checkCategory(String name) {
        if (Category.named(name).isEmpty()) {
            throw new IllegalArgumentException(CHAINS + ": one is of a category that does not exist; there are "
                    + Arrays.stream(Category.values()).map(Category::wireName).collect(Collectors.joining(", ")));
        }
    }

    private static Prices prices(Binder binder) {
        try {
            return Prices.read(texts(binder, PREFIX + "prices"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(PREFIX + "prices: " + e.getMessage());
        }
    }

    /** A list, or one text with commas. */
    private static List<String> texts(Binder binder, String name) {
        return binder.bind(name, Bindable.listOf(String.class)).orElse(List.of()).stream()
                .filter(text -> !text.isBlank())
                .toList();
    }

    private static int number(Binder binder, String name, int usual) {
        return binder.bind(PREFIX + name, Integer.class).orElse(usual);
    }

    private static Duration duration(Binder binder, String name, Duration usual) {
        return binder.bind(PREFIX + name, Duration.class).orElse(usual);
    }
}
