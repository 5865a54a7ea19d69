package dev.parley.providers.selection;

import java.util.Locale;
import java.util.Optional;

/** The services that can be set up. The first that is becomes the default provider. */
public enum Service {
    OPENAI("https://api.openai.com/v1", Optional.of("gpt-6.1-terra")),
    GROQ("https://api.groq.com/openai/v1", Optional.of("openai/gpt-oss-120b")),
    GEMINI("https://generativelanguage.googleapis.com/v1beta", Optional.of("gemini-flash-latest")),
    ANTHROPIC("https://api.anthropic.com", Optional.of("claude-sonnet-5-5")),
    OLLAMA("http://127.0.0.1:11434", Optional.empty());

    private final String baseUrl;
    private final Optional<String> model;

    Service(String baseUrl, Optional<String> model) {
        this.baseUrl = baseUrl;
        this.model = model;
    }

    /** The name in events, requests and {@code PARLEY_DEFAULT_PROVIDER}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The address of the service's own API. */
    String defaultBaseUrl() {
        return baseUrl;
    }

    /** The model at that address; empty if it depends on what is installed. */
    Optional<String> defaultModel() {
        return model;
    }
}
