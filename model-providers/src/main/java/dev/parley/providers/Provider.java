package dev.parley.providers;

import java.util.function.Consumer;

/** One model service. Thread-safe: many streams use it at once. */
public interface Provider {
    /** The name in events and settings: {@code openai}, {@code groq}, {@code ollama}, {@code scripted}, … */
    String name();

    /**
     * Streams one answer; blocks the calling thread until the model is done. Interrupting that thread ends the connection to the
     * service within milliseconds.
     *
     * @param sink gets each piece in order on the calling thread, and {@link ModelPiece.Finished} last. It never blocks; if it
     *     throws, the connection is closed and what it threw comes out of this method
     * @throws ProviderException if the service cannot answer or breaks off: then there was no {@code Finished}
     */
    void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException;
}
