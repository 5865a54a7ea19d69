package dev.parley.providers.http;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.ProviderException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads one answer, chunk by chunk, and passes its pieces on. */
public interface Interpreter {

    /**
     * Reads a chunk of a streamed answer.
     *
     * @return whether anything useful can follow
     */
    boolean takeChunk(JsonNode chunk) throws ProviderException;

    /** Reads a whole answer, from a service that does not stream. */
    void takeWhole(JsonNode answer) throws ProviderException;

    /** Called for {@code [DONE]}, which some services send as their last event. */
    default void takeEndMark() {}

    /** Whether the answer is complete once {@link #end()} is present, so that the rest of the body need not be awaited for long. */
    default boolean endIsLast() {
        return true;
    }

    /** The end of the answer; empty if it has not come yet. */
    Optional<ModelPiece.Finished> end();
}
