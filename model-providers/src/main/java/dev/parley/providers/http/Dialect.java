package dev.parley.providers.http;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.ProviderException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.function.Consumer;

/** The API of one kind of service: how a request is written and a response is read. Stateless; opens no connection. */
public interface Dialect {

    Call call(ModelRequest request);

    /** Fields of a call that some services of the kind do not accept. A service that rejects one is not sent it again. */
    default Set<String> optionalFields() {
        return Set.of();
    }

    /**
     * Reads the body of a response until the answer is complete. Pieces go to the sink as soon as they are read; empty ones are
     * ignored.
     *
     * @param failures creates the exceptions
     * @throws ProviderException if the body contains an error, cannot be read, or ends before the answer does
     * @throws IOException if the connection breaks
     */
    ModelPiece.Finished read(InputStream body, Consumer<ModelPiece> sink, Failures failures)
            throws IOException, ProviderException;
}
