package dev.parley.engine.stream;

import dev.parley.providers.AskedModel;
import dev.parley.providers.ModelPiece;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.ContextUsed;
import dev.parley.schema.event.Emotion;
import dev.parley.schema.event.Failure;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StopReason;

/** What can happen to a stream. */
public sealed interface Input {
    /** This worker starts it. */
    record Started(String aiMessageId, StartMetadata metadata) implements Input {}

    /** This worker has taken it over, and the log shows its claim as the current one. */
    record TakenOver(int attempt) implements Input {}

    /** The model is asked. @param promptTokens estimated */
    record Asked(int promptTokens) implements Input {}

    /** This model is asked and produces what follows. */
    record Answering(AskedModel model) implements Input {}

    /** What the prompt was made of. */
    record ContextFound(ContextUsed context) implements Input {}

    /** The user's emotion. */
    record EmotionFound(Emotion emotion) implements Input {}

    /** What the turn showed of the learner's ability; it goes into the metadata of a complete answer. */
    record AbilityFound(AbilityUpdated ability) implements Input {}

    /** The model said something. */
    record Generated(ModelPiece piece) implements Input {}

    /** The model, or the wait for it, failed. What it said before is kept. */
    record Failed(Failure failure) implements Input {}

    /** It is to end with the text that the log has. */
    record Stopped(StopReason reason) implements Input {}
}
