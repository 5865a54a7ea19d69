package dev.parley.systemtests.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks a process whether it is ready. */
public interface Probe {

    Duration TIMEOUT = Duration.ofSeconds(2);

    /** @param log what the process has written since it was started */
    boolean isReady(String log) throws InterruptedException;

    /** Ready once it has written the text. */
    static Probe saying(String text) {
        return log -> log.contains(text);
    }

    /** Ready once the address answers 200. */
    static Probe health(URI uri) {
        HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
        return log -> {
            try {
                return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
            } catch (IOException e) {
                return false;
            }
        };
    }
}
