package dev.parley.providers.selection;

import dev.parley.providers.chain.ProviderObserver;
import dev.parley.service.trace.Traces;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Provides {@link ConfiguredProviders} as a bean. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ProviderProperties.class, ProviderProperties.Default.class})
public class ProviderConfiguration {

    @Bean
    ConfiguredProviders engineProviders(
            Environment environment,
            ObjectProvider<ProviderObserver> observer,
            @Qualifier("engineTraces") ObjectProvider<Traces> traces) {
        return new ConfiguredProviders(
                ProviderSettings.of(environment),
                observer.getIfAvailable(() -> ProviderObserver.NONE),
                traces.getIfAvailable(Traces::notExported));
    }
}
