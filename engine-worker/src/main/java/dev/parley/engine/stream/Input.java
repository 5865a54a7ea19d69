package dev.parley.engine.stream;

import dev.parley.providers.AskedModel;
import dev.parley.providers.ModelPiece;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.Emotion;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StopReason;

/** What can happen to a stream from outside. */
public sealed interface Input {
    /** It is this worker's to start. */
    record Started(String aiMessageId, StartMetadata metadata) implements Input {}

    /** This worker has taken it over and won. */
    record TakenOver(int attempt) implements Input {}

    /** The model was asked, with a prompt of about so many tokens. */
    record Asked(int promptTokens) implements Input {}

    /** It is this one who is asked, and says what comes from now on. */
    record Answering(AskedModel who) implements Input {}

    record ContextFound(ContextUsed context) implements Input {}

    record EmotionFound(Emotion emotion) implements Input {}

    /** What the turn told of the learner; it goes into the metadata of a complete answer. */
    record AbilityFound(AbilityUpdated ability) implements Input {}

    /** The model said something. */
    record Generated(ModelPiece piece) implements Input {}

    /** The model, or the wait for it, failed. What it said before is kept. */
    record Failed(Failure failure) implements Input {}

    /** It is to end with the text that the log has. */
    record Stopped(StopReason reason) implements Input {}
}
