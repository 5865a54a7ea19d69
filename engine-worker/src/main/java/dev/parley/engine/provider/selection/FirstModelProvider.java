package dev.parley.engine.provider.selection;

import dev.parley.engine.provider.ModelPiece;
import dev.parley.engine.provider.ModelRequest;
import dev.parley.engine.provider.Provider;
import dev.parley.engine.provider.ProviderException;
import java.time.Duration;
import java.util.function.Consumer;

/** A provider that finds out which model to ask where nobody has said. */
record FirstModelProvider(Provider provider, FirstModel firstModel, Duration timeout) implements Provider {

    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException {
        boolean isNamed = !request.model().equals(FirstModel.AUTO);
        ModelRequest named = isNamed ? request : request.to(firstModel.name(timeout));
        try {
            provider.stream(named, sink);
        } catch (ProviderException e) {
            if (e.kind() == ProviderException.Kind.REJECTED) {
                firstModel.forget(named.model());
            }
            throw e;
        }
    }
}
