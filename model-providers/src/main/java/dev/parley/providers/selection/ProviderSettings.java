package dev.parley.providers.selection;

import dev.parley.providers.breaker.BreakerSettings;
import dev.parley.providers.category.Category;
import dev.parley.providers.http.ServiceAddress;
import dev.parley.providers.price.Prices;
import dev.parley.providers.retry.RetryPolicy;
import dev.parley.service.startup.Groups;
import dev.parley.service.startup.Problems;
import dev.parley.service.startup.SettingException;
import dev.parley.service.startup.SettingProblem;
import dev.parley.service.startup.ShownValue;
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
 * The settings of the model services: {@code OPENAI_API_KEY}, {@code OPENAI_BASE_URL}, {@code OPENAI_MODEL} and the same for the other
 * services, {@code PARLEY_DEFAULT_PROVIDER}, and the settings below {@code parley.providers}. {@code docs/providers.md} lists them with
 * their defaults.
 *
 * @param firstTokenTimeout how long a provider may be silent before its first word, including retries, if another one can be asked
 * @param chains the chains that are set, by category
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

    /** Finds invisible characters that were copied with a key: byte order marks, zero-width blanks, line breaks. */
    private static void checkKey(Service service, String key) {
        if (!key.chars().allMatch(each -> each >= ' ' && each <= '~')) {
            throw new SettingException(new SettingProblem(
                    variable(service, "api-key"),
                    "has a character that no key has, perhaps one that cannot be seen (the value is not shown)",
                    "Type or copy it anew."));
        }
    }

    private static void checkBaseUrl(Service service, String url) {
        try {
            var _ = new ServiceAddress(url);
        } catch (IllegalArgumentException e) {
            throw new SettingException(SettingProblem.of(
                    variable(service, "base-url"),
                    url,
                    "It must be an address such as " + service.defaultBaseUrl()
                            + ", beginning with http:// or https://."));
        }
    }

    /** @throws SettingException if settings are not valid; the message lists all of them and contains no key */
    public static ProviderSettings of(Environment environment) {
        Binder binder = Binder.get(environment);
        Problems problems = new Problems(environment);
        ProviderProperties set = binder.bindOrCreate(Groups.PROVIDERS, ProviderProperties.class);
        Map<Service, ServiceSettings> services = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            services.put(
                    service,
                    new ServiceSettings(
                            text(environment, binder, service, "api-key"),
                            text(environment, binder, service, "base-url"),
                            text(environment, binder, service, "model")));
        }
        services.forEach((service, each) -> {
            each.apiKey().ifPresent(key -> problems.attempt(() -> checkKey(service, key)));
            each.baseUrl().ifPresent(url -> problems.attempt(() -> checkBaseUrl(service, url)));
        });
        Map<Category, List<ChainEntry>> chains = problems.attempt(() -> chains(binder), Map.of());
        Prices prices = problems.attempt(() -> prices(binder), Prices.NONE);
        problems.throwIfAny();
        return new ProviderSettings(
                text(binder, Groups.DEFAULT_PROVIDER).map(name -> name.toLowerCase(Locale.ROOT)),
                services,
                set.connectTimeout(),
                set.responseTimeout(),
                set.ollamaProbeTimeout(),
                set.firstTokenTimeout(),
                set.retry().policy(),
                set.breaker().settings(),
                chains,
                prices);
    }

    ServiceSettings of(Service service) {
        return Objects.requireNonNull(services.get(service));
    }

    /** Whether the service is set up. Ollama needs no key, so it counts also if it is the default provider or in a chain. */
    boolean isSetUp(Service service) {
        return of(service).isSet() || (service == Service.OLLAMA && isNamed(service.wireName()));
    }

    private boolean isNamed(String provider) {
        return defaultProvider.equals(Optional.of(provider))
                || chains.values().stream()
                        .flatMap(List::stream)
                        .anyMatch(entry -> entry.provider().equals(provider));
    }

    /** The environment variable of a service's setting, such as {@code OPENAI_API_KEY}. */
    static String variable(Service service, String setting) {
        return service.name() + "_" + setting.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static Optional<String> text(Environment environment, Binder binder, Service service, String setting) {
        return text(binder, PREFIX + service.wireName() + "." + setting)
                .or(() -> ifNotBlank(environment.getProperty(variable(service, setting))));
    }

    private static Optional<String> text(Binder binder, String name) {
        return ifNotBlank(binder.bind(name, String.class).orElse(""));
    }

    /** An empty text counts as not set, because compose files pass empty variables. */
    private static Optional<String> ifNotBlank(@Nullable String text) {
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
            throw new SettingException(new SettingProblem(
                    CHAINS,
                    "has the category " + ShownValue.of(name) + ", which does not exist",
                    "The categories are "
                            + Arrays.stream(Category.values())
                                    .map(Category::wireName)
                                    .collect(Collectors.joining(", "))
                            + "."));
        }
    }

    private static Prices prices(Binder binder) {
        return Prices.read(texts(binder, Prices.SETTING));
    }

    /** The entries of a list, which may be set as one text with commas. */
    private static List<String> texts(Binder binder, String name) {
        return binder.bind(name, Bindable.listOf(String.class)).orElse(List.of()).stream()
                .filter(text -> !text.isBlank())
                .toList();
    }
}
