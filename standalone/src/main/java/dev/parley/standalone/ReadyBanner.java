package dev.parley.standalone;

import dev.parley.embedded.Embedded;
import dev.parley.providers.selection.ConfiguredProviders;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The lines that are printed when Parley is ready.
 *
 * @param model which provider and model answer, and why
 */
record ReadyBanner(
        double seconds,
        String address,
        boolean givesTokens,
        String model,
        Path dataDir,
        String bootstrapServers,
        String databaseUri) {

    private static final String INDENT = " ".repeat(10);
    private static final String NO_TOKENS = """

              Other machines can reach this address, so Parley gives out no tokens: open it with #token=<JWT>.
            """;

    static ReadyBanner of(LaunchSettings settings, Embedded embedded, ConfigurableApplicationContext services) {
        String host = settings.loopbackOnly() ? "localhost" : settings.address();
        return new ReadyBanner(
                ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0,
                "http://" + host + ":" + services.getEnvironment().getProperty("local.server.port") + "/",
                settings.loopbackOnly(),
                services.getBean(ConfiguredProviders.class).checkedExplanation().replace(". ", ".\n" + INDENT),
                settings.dataDir(),
                embedded.bootstrapServers(),
                EmbeddedProperties.databaseUri(embedded));
    }

    String text() {
        return String.format(
                Locale.ROOT,
                """

                Parley is ready (%.1f s).

                  Chat    %s
                  Model   %s

                            export OPENAI_API_KEY=...     or GROQ_, GEMINI_, ANTHROPIC_API_KEY
                            export OPENAI_BASE_URL=...    for anything that speaks OpenAI's protocol
                            export OLLAMA_BASE_URL=...    for an Ollama on another machine

                  Data    %s
                  Kafka   %s    kcat -b %s -C -t chat.events
                  Store   %s
                %s
                Ctrl-C stops Parley; the conversations are kept.
                """,
                seconds,
                address,
                model,
                dataDir,
                bootstrapServers,
                bootstrapServers,
                databaseUri,
                givesTokens ? "" : NO_TOKENS);
    }
}
