package dev.parley.providers;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A provider whose answers the test determines. Records the requests. */
public final class FakeProvider implements Provider {

    private final String name;
    private final Answer answer;
    private final List<ModelRequest> requests = new CopyOnWriteArrayList<>();

    /** Answers a request. */
    public interface Answer {
        void to(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException;
    }

    public FakeProvider(String name, Answer answer) {
        this.name = name;
        this.answer = answer;
    }

    public static FakeProvider saying(String name, String text) {
        return new FakeProvider(name, (_, sink) -> {
            sink.accept(new ModelPiece.Content(text));
            sink.accept(new ModelPiece.Finished("stop", null));
        });
    }

    public static FakeProvider failing(String name, ProviderException.Kind kind) {
        return new FakeProvider(name, (_, _) -> {
            throw new ProviderException(kind, false, name + " fails as the test wants");
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException {
        requests.add(request);
        answer.to(request, sink);
    }

    public List<ModelRequest> requests() {
        return requests;
    }

    public List<String> models() {
        return requests.stream().map(ModelRequest::model).toList();
    }
}
