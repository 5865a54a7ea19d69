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

/** Requests a service's list of models once, to find out before the first message whether it can be reached and accepts the key. */
final class FirstCheck {

    /** Limit of the check. */
    static final Duration BOUND = Duration.ofSeconds(2);

    private static final int UNAUTHORIZED = 401;

    private final TimedCall<Optional<String>> call;

    private FirstCheck(Callable<Optional<String>> check) {
        call = TimedCall.start("provider-check", new TimeLimit(BOUND), check);
    }

    /** @param path of the list of models */
    static FirstCheck of(
            Service service, ModelHttp http, ServiceAddress address, String path, Map<String, String> headers) {
        return new FirstCheck(() -> {
            try {
                var _ = http.get(address, path, headers, BOUND, new Failures(service.wireName()));
                return Optional.empty();
            } catch (ProviderException e) {
                return problem(e);
            } catch (IOException e) {
                return Optional.empty(); // it can be reached; the list itself does not matter
            }
        });
    }

    /** A service that has no such list, or is busy, may still answer messages. */
    private static Optional<String> problem(ProviderException failure) {
        String message = String.valueOf(failure.getMessage());
        boolean isRefused = message.contains(" answered " + UNAUTHORIZED) || message.contains(" answered 403");
        return switch (failure.kind()) {
            case UNAUTHORIZED, UNAVAILABLE, TIMEOUT -> Optional.of(message);
            case REJECTED -> isRefused ? Optional.of(message) : Optional.empty();
            default -> Optional.empty();
        };
    }

    /**
     * The problem, as a sentence without a full stop; empty if there is none, or if the check takes longer than {@link #BOUND}.
     */
    Optional<String> problem() {
        return call.resultInTime().orElse(Optional.empty());
    }
}
