package dev.parley.providers.selection;

import dev.parley.providers.ProviderException;
import dev.parley.providers.call.TimeLimit;
import dev.parley.providers.call.TimedCall;
import dev.parley.providers.http.Failures;
import dev.parley.providers.http.ModelHttp;
import dev.parley.providers.http.ServiceAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Asks a service for its list of models once, to know whether it can be reached and takes the key before somebody
 * sends the first message.
 */
final class FirstCheck {

    /** Longest that the service may take. */
    static final Duration BOUND = Duration.ofSeconds(2);

    private static final int UNAUTHORIZED = 401;

    private final TimedCall<Optional<String>> asked;

    private FirstCheck(Callable<Optional<String>> question) {
        asked = TimedCall.start("provider-check", new TimeLimit(BOUND), question);
    }

    /** @param path of the list of models */
    static FirstCheck of(
            Service service, ModelHttp http, ServiceAddress address, String path, Map<String, String> headers) {
        return new FirstCheck(() -> {
            try {
                var _ = http.get(address, path, headers, BOUND, new Failures(service.wireName()));
                return Optional.empty();
            } catch (ProviderException e) {
                return trouble(e);
            } catch (IOException e) {
                return Optional.empty(); // it answered, and its list is none of our business
            }
        });
    }

    /** A service that has no such list, or is busy, may answer all the same. */
    private static Optional<String> trouble(ProviderException failure) {
        String message = String.valueOf(failure.getMessage());
        boolean isRefused = message.contains(" answered " + UNAUTHORIZED) || message.contains(" answered 403");
        return switch (failure.kind()) {
            case UNAUTHORIZED, UNAVAILABLE, TIMEOUT -> Optional.of(message);
            case REJECTED -> isRefused ? Optional.of(message) : Optional.empty();
            default -> Optional.empty();
        };
    }

    /**
     * What is wrong, as a sentence without its full stop; empty if nothing is, or if it is not known within {@link #BOUND}.
     */
    Optional<String> trouble() {
        return asked.resultInTime().orElse(Optional.empty());
    }
}
