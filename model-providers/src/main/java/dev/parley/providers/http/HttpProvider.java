package dev.parley.providers.http;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.Provider;
import dev.parley.providers.ProviderException;
import dev.parley.providers.wire.WireLimitException;
import dev.parley.service.trace.Traces;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A service behind HTTP. Does not retry. */
public final class HttpProvider implements Provider {

    private final String name;
    private final ModelHttp http;
    private final ServiceAddress address;
    private final Dialect dialect;
    private final Failures failures;
    private final Set<String> rejectedFields = ConcurrentHashMap.newKeySet();

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
        Traces.Step step = http.traces()
                .begin("ask " + name, Traces.Kind.CLIENT, request.traceparent())
                .with("gen_ai.provider.name", name);
        try {
            stream(request, step.traceparent(), sink);
        } catch (ProviderException e) {
            step.failed(e.kind().name());
            throw e;
        } catch (InterruptedException e) {
            step.failed("closed");
            throw e;
        } finally {
            step.end();
        }
    }

    private void stream(ModelRequest request, String traceparent, Consumer<ModelPiece> sink)
            throws ProviderException, InterruptedException {
        try (Reply reply = post(request, traceparent)) {
            ModelPiece.Finished end = dialect.read(reply.body(), withoutEmpty(sink), failures);
            reply.complete();
            sink.accept(end);
        } catch (RefusedException e) {
            throw failures.refused(e.status(), e.retryAfter(), e.body());
        } catch (WireLimitException e) {
            throw failures.badResponse("sent a longer line or event than can be read");
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw failures.brokeOff();
        }
    }

    /** An optional field that the service has rejected once is not sent again. */
    private Reply post(ModelRequest request, String traceparent)
            throws ProviderException, RefusedException, InterruptedException, IOException {
        Call call = dialect.call(request).with("traceparent", traceparent);
        try {
            return http.post(address, call.without(rejectedFields), failures);
        } catch (RefusedException e) {
            Set<String> rejected = dialect.optionalFields().stream()
                    .filter(field -> !rejectedFields.contains(field) && e.namesField(field))
                    .collect(Collectors.toUnmodifiableSet());
            if (rejected.isEmpty()) {
                throw e;
            }
            rejectedFields.addAll(rejected);
            return http.post(address, call.without(rejectedFields), failures);
        }
    }

    private static Consumer<ModelPiece> withoutEmpty(Consumer<ModelPiece> sink) {
        return piece -> {
            boolean empty = switch (piece) {
                case ModelPiece.Thinking thinking -> thinking.text().isEmpty();
                case ModelPiece.Content content -> content.text().isEmpty();
                case ModelPiece.Asked _, ModelPiece.Finished _ -> false;
            };
            if (!empty) {
                sink.accept(piece);
            }
        };
    }
}
