package dev.parley.providers.http;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.ProviderException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Understands one answer of one dialect, chunk by chunk, and passes on what the model says. */
public interface Interpreter {

    /**
     * Takes a chunk of a streamed answer.
     *
     * @return whether more can follow that matters
     */
    boolean takeChunk(JsonNode chunk) throws ProviderException;

    /** Takes an answer that came whole because the service did not stream it. */
    void takeWhole(JsonNode answer) throws ProviderException;

    /** Takes the mark {@code [DONE]} that some services end their events with. */
    default void takeEndMark() {}

    /** Whether no more of the answer follows its end: then nobody waits long for the rest of the body. */
    default boolean endIsLast() {
        return true;
    }

    /** How the answer ended, as far as it was told; empty if its end was not there yet. */
    Optional<ModelPiece.Finished> end();
}
