package dev.parley.gateway.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a response as server-sent events, line by line. */
public final class SseClient implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    private SseClient(HttpRequest request) {
        try {
            this.response = HTTP.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    public static SseClient post(GatewayNode node, String user, String path, String body) {
        return new SseClient(request(node, user, path)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    public static SseClient get(GatewayNode node, String user, String path, Map<String, String> headers) {
        HttpRequest.Builder request = request(node, user, path);
        headers.forEach(request::header);
        return new SseClient(request.build());
    }

    private static HttpRequest.Builder request(GatewayNode node, String user, String path) {
        return HttpRequest.newBuilder(node.uri(path))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + node.token(user));
    }

    public int status() {
        return response.statusCode();
    }

    public String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** The rest of the body. */
    public String text() {
        try (InputStream body = response.body()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next event; null at the end of the response. */
    public @org.jspecify.annotations.Nullable Event next() {
        List<String> fields = new ArrayList<>();
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty() && !fields.isEmpty()) {
                    return event(fields);
                }
                if (!line.isEmpty() && !line.startsWith(":")) {
                    fields.add(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return null;
    }

    private static Event event(List<String> fields) {
        long id = fields.size() == 3 ? Long.parseLong(fields.get(1).substring("id: ".length())) : Event.NO_ID;
        return new Event(
                fields.getFirst().substring("event: ".length()),
                id,
                fields.getLast().substring("data: ".length()));
    }

    /** All events until the response breaks off. @throws AssertionError if it has a proper end */
    public List<Event> untilItBreaksOff() {
        List<Event> events = new ArrayList<>();
        try {
            for (Event event = next(); event != null; event = next()) {
                events.add(event);
            }
        } catch (UncheckedIOException e) {
            return events;
        }
        throw new AssertionError("the response ended properly after " + events);
    }

    /** The data of all events to the end of the response. */
    public List<String> rest() {
        List<String> data = new ArrayList<>();
        for (Event event = next(); event != null; event = next()) {
            data.add(event.data());
        }
        return data;
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param id {@link #NO_ID} if it has none */
    public record Event(String type, long id, String data) {
        public static final long NO_ID = -1;
    }
}
