package dev.parley.providers.selection;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.Provider;
import dev.parley.providers.ProviderException;
import java.time.Duration;
import java.util.function.Consumer;

/** Uses the first model of the server's list if the request names none. */
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
