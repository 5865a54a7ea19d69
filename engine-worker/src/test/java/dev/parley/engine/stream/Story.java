package dev.parley.engine.stream;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.Usage;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Plays a stream: from inputs and acknowledgements to events. */
final class Story {
    static final Instant ASKED_AT = Instant.parse("2026-01-02T03:04:05.432Z");
    static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");

    private final List<StreamEvent> events = new ArrayList<>();
    private StreamState state;
    private long elapsedMs;

    Story(ChatContext context, Limits limits) {
        Turn turn = new Turn(new UserId("ada"), new SessionId("s"), new MessageId("m"), "Hello?", ASKED_AT, context);
        state = StreamState.initial(turn, limits);
    }

    static Story started() {
        return started(ChatContext.NONE, Limits.DEFAULT);
    }

    static Story started(ChatContext context, Limits limits) {
        return new Story(context, limits).on(start());
    }

    static Input.Started start() {
        return new Input.Started("ai-m", new StartMetadata("fake", "fake-1", "general", null));
    }

    static Input said(String text) {
        return new Input.Generated(new ModelPiece.Content(text));
    }

    static Input thought(String text) {
        return new Input.Generated(new ModelPiece.Thinking(text));
    }

    static Input finished(String reason, @Nullable Usage usage) {
        return new Input.Generated(new ModelPiece.Finished(reason, usage));
    }

    /** The input comes, and the log acknowledges all events that follow from it. */
    Story on(Input input) {
        return meanwhile(input).acknowledge();
    }

    /** The input comes while a record is unacknowledged. */
    Story meanwhile(Input input) {
        state = state.receive(input);
        return this;
    }

    Story at(long ms) {
        elapsedMs = ms;
        return this;
    }

    Story acknowledge() {
        Optional<StreamEvent> event = state.decide(new Moment(TIME, elapsedMs));
        while (event.isPresent()) {
            events.add(event.get());
            state = state.evolve(event.get(), elapsedMs);
            event = state.decide(new Moment(TIME, elapsedMs));
        }
        return this;
    }

    /** Another writer takes the stream over. */
    Story takenOver(int attempt) {
        Written fold = Written.NOTHING;
        for (StreamEvent event : events) {
            fold = fold.evolve(event, elapsedMs);
        }
        state = StreamState.resumed(state.turn(), state.limits(), fold);
        return on(new Input.TakenOver(attempt));
    }

    StreamState state() {
        return state;
    }

    List<StreamEvent> events() {
        return events;
    }

    List<ContentChunk> chunks() {
        return only(ContentChunk.class);
    }

    <T extends StreamEvent> List<T> only(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends StreamEvent> T last(Class<T> type) {
        return only(type).getLast();
    }

    String text() {
        return String.join("", chunks().stream().map(ContentChunk::content).toList());
    }
}
