package dev.parley.systemtests.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The metrics of a service at {@code /actuator/prometheus}. */
public record Meters(String text) {

    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(BOUND).build();

    /** @param management such as {@code http://127.0.0.1:9080} */
    public static Meters of(URI management) {
        try {
            return new Meters(HTTP.send(
                            HttpRequest.newBuilder(management.resolve("/actuator/prometheus"))
                                    .timeout(BOUND)
                                    .build(),
                            BodyHandlers.ofString())
                    .body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The sum over all series of that name; 0 if there is none. */
    public long sum(String name) {
        return sum(name, "");
    }

    /** @param label such as {@code code="4430"} */
    public long sum(String name, String label) {
        return Math.round(text.lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .filter(line -> line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum());
    }
}
