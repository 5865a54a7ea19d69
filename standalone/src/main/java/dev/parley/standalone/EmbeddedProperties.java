package dev.parley.standalone;

import dev.parley.embedded.Embedded;
import dev.parley.service.startup.DeferredPropertySource;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.EnumerablePropertySource;

/**
 * The addresses of the embedded broker and store. Reading one waits until both have started, so the services can start in parallel with
 * them.
 */
final class EmbeddedProperties extends EnumerablePropertySource<EmbeddedStart> implements DeferredPropertySource {

    private static final Map<String, Function<Embedded, String>> ADDRESSES = Map.of(
            "spring.kafka.bootstrap-servers",
            Embedded::bootstrapServers,
            "mongodb.uri",
            EmbeddedProperties::databaseUri);

    EmbeddedProperties(EmbeddedStart embedded) {
        super("embedded", embedded);
    }

    static String databaseUri(Embedded embedded) {
        return embedded.mongoUri() + "/parley";
    }

    @Override
    public String[] getPropertyNames() {
        return ADDRESSES.keySet().toArray(String[]::new);
    }

    @Override
    public @Nullable Object getProperty(String name) {
        var address = ADDRESSES.get(name);
        return address == null ? null : address.apply(getSource().join());
    }
}
