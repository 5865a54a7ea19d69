package dev.parley.providers.http;

import dev.parley.providers.ProviderException;
import dev.parley.providers.ProviderException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Translates errors of a service. The service's messages may contain keys, addresses and the user's text, so they are only searched for
 * well-known codes and phrases, and never repeated.
 *
 * @param service the provider's name
 */
public record Failures(String service) {

    /** The response has an error status. */
    public ProviderException refused(int status, @Nullable Duration header, JsonNode body) {
        JsonNode error = errorIn(body);
        String hints = hints(error);
        Duration retryAfter = header == null ? RetryAfter.in(error) : header;
        if (isTokenLimit(hints) || status == 413) {
            return promptTooLong();
        }
        if (isFiltered(hints)) {
            return contentFiltered();
        }
        if (isKeyRefused(hints)) {
            return keyRefused();
        }
        if (isQuotaUsedUp(hints)) {
            return quotaUsedUp();
        }
        String answered = service + " answered " + status + ": ";
        return switch (status) {
            case 401 -> new ProviderException(Kind.UNAUTHORIZED, false, answered + "it does not accept the key");
            case 403 ->
                new ProviderException(
                        Kind.REJECTED, false, answered + "the key may not do this, or not with this model");
            case 404 ->
                new ProviderException(Kind.REJECTED, false, answered + "it does not know the model or the address");
            case 408, 504 -> new ProviderException(Kind.TIMEOUT, true, answered + "it timed out");
            case 402 -> quotaUsedUp();
            case 429 ->
                new ProviderException(Kind.RATE_LIMITED, true, retryAfter, answered + "too many requests", null);
            case 409, 425 ->
                new ProviderException(Kind.UNAVAILABLE, true, retryAfter, answered + "temporarily unavailable", null);
            case 300, 301, 302, 303, 307, 308 ->
                new ProviderException(Kind.BAD_RESPONSE, false, answered + "it redirects to another address");
            default ->
                status >= 500
                        ? new ProviderException(
                                Kind.UNAVAILABLE, true, retryAfter, answered + "internal error of the service", null)
                        : new ProviderException(Kind.REJECTED, false, answered + "it does not take the request");
        };
    }

    /** The response has a success status, but its body contains an error. */
    public ProviderException failed(JsonNode error) {
        int status = error.path("code").asInt(error.path("status_code").asInt(0));
        if (status >= 400 && status <= 599) {
            return refused(status, null, error);
        }
        String hints = hints(error);
        if (isQuotaUsedUp(hints)) {
            return quotaUsedUp();
        }
        if (isTokenLimit(hints)) {
            return promptTooLong();
        }
        if (isFiltered(hints)) {
            return contentFiltered();
        }
        if (hints.contains("rate_limit") || hints.contains("resource_exhausted")) {
            return new ProviderException(Kind.RATE_LIMITED, true, service + " broke off: too many requests");
        }
        if (isKeyRefused(hints) || hints.contains("authentication")) {
            return keyRefused();
        }
        if (hints.contains("invalid_request") || hints.contains("permission") || hints.contains("not_found")) {
            return new ProviderException(Kind.REJECTED, false, service + " does not take the request");
        }
        if (hints.contains("timeout")) {
            return new ProviderException(Kind.TIMEOUT, true, service + " timed out");
        }
        return new ProviderException(Kind.UNAVAILABLE, true, service + " broke off with an internal error");
    }

    public ProviderException contentFiltered() {
        return new ProviderException(Kind.CONTENT_FILTERED, false, service + " refused the text");
    }

    /** @param what follows the service's name in the message, such as {@code sent something that is no JSON} */
    public ProviderException badResponse(String what) {
        return new ProviderException(Kind.BAD_RESPONSE, true, service + " " + what);
    }

    public ProviderException endedEarly() {
        return badResponse("ended before the answer did");
    }

    private ProviderException keyRefused() {
        return new ProviderException(Kind.UNAUTHORIZED, false, service + " does not accept the key");
    }

    private ProviderException quotaUsedUp() {
        return new ProviderException(Kind.RATE_LIMITED, false, service + " says that the quota is used up");
    }

    private ProviderException promptTooLong() {
        return new ProviderException(Kind.TOKEN_LIMIT, false, service + " says that the prompt is too long");
    }

    ProviderException keyNotSendable() {
        return new ProviderException(
                Kind.UNAUTHORIZED, false, service + " has a key with characters that cannot be sent; copy it anew");
    }

    ProviderException unreachable() {
        return new ProviderException(Kind.UNAVAILABLE, true, service + " cannot be reached");
    }

    ProviderException brokeOff() {
        return new ProviderException(Kind.UNAVAILABLE, true, service + " broke off the connection");
    }

    ProviderException noResponse(Duration waited) {
        return new ProviderException(
                Kind.TIMEOUT, true, service + " did not answer within " + waited.toMillis() + " ms");
    }

    /** A service whose response would be an array wraps its error in one, too. */
    private static JsonNode errorIn(JsonNode body) {
        JsonNode object = body.isArray() ? body.path(0) : body;
        return object.path("error").isMissingNode() ? object : object.path("error");
    }

    /** The codes and the message of an error in any of the known formats, in lower case. */
    private static String hints(JsonNode error) {
        if (error.isString()) {
            return error.stringValue().toLowerCase(Locale.ROOT);
        }
        StringBuilder hints = new StringBuilder();
        for (String field : List.of("code", "type", "status", "message")) {
            hints.append(Json.text(error, field)).append(' ');
        }
        for (JsonNode detail : error.path("details")) {
            hints.append(Json.text(detail, "reason")).append(' ');
        }
        return hints.toString().toLowerCase(Locale.ROOT);
    }

    private static boolean isTokenLimit(String hints) {
        return hints.contains("context_length")
                || hints.contains("context length")
                || hints.contains("context limit")
                || hints.contains("prompt is too long")
                || (hints.contains("token count") && hints.contains("exceeds"))
                || hints.contains("request_too_large");
    }

    private static boolean isQuotaUsedUp(String hints) {
        return hints.contains("insufficient_quota") || hints.contains("credit balance is too low");
    }

    /** Some services report it with a status that does not say so. */
    private static boolean isKeyRefused(String hints) {
        return hints.contains("invalid_api_key")
                || hints.contains("api_key_invalid")
                || hints.contains("api key not valid");
    }

    private static boolean isFiltered(String hints) {
        return hints.contains("content_filter")
                || hints.contains("content_policy")
                || hints.contains("content management policy");
    }
}
