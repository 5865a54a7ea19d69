package dev.parley.engine.provider.http;

import dev.parley.engine.provider.ModelPiece;
import dev.parley.engine.provider.ModelRequest;
import dev.parley.engine.provider.Provider;
import dev.parley.engine.provider.ProviderException;
import dev.parley.engine.provider.wire.WireLimitException;
import java.io.IOException;
import java.util.function.Consumer;

/** A service behind HTTP, in whatever dialect it speaks. Does not retry. */
public final class HttpProvider implements Provider {

    private final String name;
    private final ModelHttp http;
    private final ServiceAddress address;
    private final Dialect dialect;
    private final Failures failures;

    public HttpProvider(String name, ModelHttp http, ServiceAddress address, Dialect dialect) {
        this.name = name;
        this.http = http;
        this.address = address;
        this.dialect = dialect;
        this.failures = new Failures(name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException {
        try (Reply reply = http.post(address, dialect.call(request), failures)) {
            ModelPiece.Finished end = dialect.read(reply.body(), withoutEmpty(sink), failures);
            reply.complete();
            sink.accept(end);
        } catch (WireLimitException e) {
            throw failures.badResponse("sent more at once than can be read");
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw failures.brokeOff();
        }
    }

    private static Consumer<ModelPiece> withoutEmpty(Consumer<ModelPiece> sink) {
        return piece -> {
            boolean empty = switch (piece) {
                case ModelPiece.Thinking thinking -> thinking.text().isEmpty();
                case ModelPiece.Content content -> content.text().isEmpty();
                case ModelPiece.Answering _, ModelPiece.Finished _ -> false;
            };
            if (!empty) {
                sink.accept(piece);
            }
        };
    }
}
