package dev.parley.systemtests.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Calls the model without Parley. */
public final class DirectCall {

    private static final JsonMapper JSON = new JsonMapper();

    private DirectCall() {}

    /** Reads an answer to its end. */
    public static void read(HttpClient http, URI baseUrl, String message) throws IOException, InterruptedException {
        String body = JSON.writeValueAsString(
                Map.of("stream", true, "messages", List.of(Map.of("role", "user", "content", message))));
        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "/chat/completions"))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        try (var lines = new BufferedReader(new InputStreamReader(
                http.send(request, BodyHandlers.ofInputStream()).body(), UTF_8))) {
            String last = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line.isEmpty() ? last : line;
            }
            if (!last.equals("data: [DONE]")) {
                throw new AssertionError("the model's answer to \"" + message + "\" has no end: " + last);
            }
        }
    }
}
