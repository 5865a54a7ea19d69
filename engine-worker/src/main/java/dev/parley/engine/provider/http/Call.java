package dev.parley.engine.provider.http;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A request to a service.
 *
 * @param path what comes after the base URL, with its own query if need be: {@code /chat/completions}
 * @param headers beside those that every call has
 */
public record Call(String path, Map<String, String> headers, JsonNode body) {}
