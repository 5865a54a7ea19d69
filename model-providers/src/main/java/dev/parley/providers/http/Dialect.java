package dev.parley.providers.http;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.ProviderException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.function.Consumer;

/** How one kind of service is asked and how it answers. Pure: it opens nothing, waits for nothing but the body, and keeps nothing. */
public interface Dialect {

    Call call(ModelRequest request);

    /** Fields of a call that not every service of the kind knows, and that an answer does not need: left out where one complains. */
    default Set<String> extras() {
        return Set.of();
    }

    /**
     * Reads the body of an answer, to its end or to where it says that it is complete. Pieces go to the sink as soon as they are
     * read; empty ones are dropped there.
     *
     * @param failures makes the exceptions that this throws
     * @throws ProviderException if the body says that the service failed, cannot be read, or ends before the answer does
     * @throws IOException if the body breaks off
     */
    ModelPiece.Finished read(InputStream body, Consumer<ModelPiece> sink, Failures failures)
            throws IOException, ProviderException;
}
