package dev.parley.systemtests.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What one socket received of one stream. Each wait has a bound. */
public final class ReceivedStream {

    public static final Set<String> TERMINALS = Set.of("stream_complete", "stream_error", "generation_stopped");

    private static final Duration BOUND = Duration.ofSeconds(30);

    private final String sessionId;
    private final String messageId;
    private final Observations observations;
    private final List<Frame> events = new ArrayList<>();
    private final List<Frame> replies = new ArrayList<>();
    private int chars;

    ReceivedStream(String sessionId, String messageId, Observations observations) {
        this.sessionId = sessionId;
        this.messageId = messageId;
        this.observations = observations;
    }

    public String sessionId() {
        return sessionId;
    }

    public String messageId() {
        return messageId;
    }

    /** The frames with a seq, in the order of arrival. */
    public List<Frame> events() {
        return observations.look(() -> List.copyOf(events));
    }

    /** The other frames for this stream: acknowledgements and refusals. */
    public List<Frame> replies() {
        return observations.look(() -> List.copyOf(replies));
    }

    public Frame awaitAcknowledged() throws InterruptedException {
        return awaitReply("stream_acknowledged", 1);
    }

    /** Waits for the nth reply of the type. */
    public Frame awaitReply(String type, int nth) throws InterruptedException {
        return await(
                type + " no. " + nth,
                BOUND,
                () -> replies.stream()
                        .filter(frame -> frame.type().equals(type))
                        .skip(nth - 1)
                        .findFirst());
    }

    public Frame awaitStart() throws InterruptedException {
        return awaitEvents("stream_start", 1);
    }

    /** Waits until there are so many events of the type, and returns the last of them. */
    public Frame awaitEvents(String type, int count) throws InterruptedException {
        return await(
                count + " " + type,
                BOUND,
                () -> events.stream()
                        .filter(frame -> frame.type().equals(type))
                        .skip(count - 1)
                        .findFirst());
    }

    /** Waits for the first event of any type. */
    public Frame awaitFirst() throws InterruptedException {
        return await("an event", BOUND, () -> events.stream().findFirst());
    }

    public Frame awaitChunks(int count) throws InterruptedException {
        return awaitEvents("content_chunk", count);
    }

    /** Waits until the answer has so many characters. The worker chooses how many chunks they come in. */
    public Frame awaitText(int count) throws InterruptedException {
        return awaitText(count, BOUND);
    }

    public Frame awaitText(int count, Duration bound) throws InterruptedException {
        return await(
                count + " characters",
                bound,
                () -> chars < count || events.isEmpty() ? Optional.empty() : Optional.of(events.getLast()));
    }

    /** How many characters the answer has so far. */
    public int chars() {
        return observations.look(() -> chars);
    }

    public Frame awaitEnd() throws InterruptedException {
        return awaitEnd(BOUND);
    }

    public Frame awaitEnd(Duration bound) throws InterruptedException {
        return await("a terminal event", bound, this::lastIfTerminal);
    }

    /** The content chunks so far, joined. */
    public String text() {
        return events().stream()
                .filter(frame -> frame.type().equals("content_chunk"))
                .map(frame -> Objects.requireNonNull(frame.text("content")))
                .collect(Collectors.joining());
    }

    private Optional<Frame> lastIfTerminal() {
        return events.isEmpty() || !TERMINALS.contains(events.getLast().type())
                ? Optional.empty()
                : Optional.of(events.getLast());
    }

    private <T> T await(String what, Duration bound, java.util.function.Supplier<Optional<T>> look)
            throws InterruptedException {
        return observations.await(() -> what + " of " + messageId + "; seen: " + summary(), bound, look);
    }

    private String summary() {
        String last = events.isEmpty() ? "no event" : events.size() + " events up to " + events.getLast();
        return replies + ", " + last;
    }

    /** @param data of the frame */
    void take(Frame frame, JsonNode data) {
        (frame.seq() >= 0 ? events : replies).add(frame);
        if (frame.type().equals("content_chunk")) {
            chars += Objects.requireNonNullElse(Frame.text(data, "content"), "").length();
        }
    }
}
