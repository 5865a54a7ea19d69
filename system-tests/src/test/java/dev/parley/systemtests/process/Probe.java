package dev.parley.systemtests.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Checks whether a process is ready. */
public interface Probe {

    Duration TIMEOUT = Duration.ofSeconds(2);

    /** @param log the output of the process since its start */
    boolean isReady(String log) throws InterruptedException;

    /** Ready when it has written the text. */
    static Probe saying(String text) {
        return log -> log.contains(text);
    }

    /** Ready when the address answers 200. */
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
