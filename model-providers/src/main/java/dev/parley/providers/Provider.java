package dev.parley.providers;

import java.util.function.Consumer;

/** A service that generates text. Thread-safe. */
public interface Provider {
    /** The name in events and settings: {@code openai}, {@code groq}, {@code ollama}, {@code scripted}, … */
    String name();

    /**
     * Streams one answer and blocks until it has ended. Interrupting the calling thread closes the connection to the service within
     * milliseconds.
     *
     * @param sink receives the pieces in order, one at a time, and {@link ModelPiece.Finished} last. It must not block. If it throws,
     *     the connection is closed and this method throws the same exception
     * @throws ProviderException if the service cannot answer or breaks off; there was no {@code Finished} then
     */
    void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException;
}
