package dev.parley.engine.run;

import dev.parley.engine.provider.ModelChoice;
import dev.parley.engine.provider.ModelPiece;
import dev.parley.engine.provider.ModelRequest;
import dev.parley.engine.provider.ProviderException;
import dev.parley.engine.stream.Input;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a prompt, asks a model when it may, and passes on what it says, on a thread of its own. Interrupting that thread closes the
 * model's connection.
 */
final class ModelCall implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCall.class);

    private final Order order;
    private final ModelChoice choice;
    private final Stage stage;
    private final Future<String> goOn;
    private final Listener listener;

    /** Where the model's words go. */
    interface Listener {
        /** Takes it without waiting. @return whether more is wanted */
        boolean hear(Input input);
    }

    /** @param goOn holds what was said so far as soon as the model may be asked */
    ModelCall(Order order, ModelChoice choice, Stage stage, Future<String> goOn, Listener listener) {
        this.order = order;
        this.choice = choice;
        this.stage = stage;
        this.goOn = goOn;
        this.listener = listener;
    }

    @Override
    public void run() {
        try {
            Prompts.Prompt prompt = stage.prompts().prepare(order);
            String answerSoFar = goOn.get();
            listener.hear(new Input.ContextFound(prompt.used()));
            listener.hear(new Input.Asked(prompt.tokens()));
            ask(new ModelRequest(
                    choice.model(),
                    prompt.messages(),
                    answerSoFar,
                    order.turn().context().reasoning(),
                    null));
        } catch (EnoughException | InterruptedException e) {
            // the stream has its end without the rest
        } catch (RuntimeException | ExecutionException e) {
            LOG.error("asking {} failed", choice.provider().name(), e);
            listener.hear(new Input.Failed(Failures.INTERNAL));
        }
    }

    private void ask(ModelRequest request) throws InterruptedException {
        try {
            choice.provider().stream(request, this::pass);
            listener.hear(new Input.Failed(Failures.NO_END)); // ignored where there was one
        } catch (ProviderException e) {
            stage.observer().providerFailed(choice.provider().name(), e.kind().name());
            listener.hear(new Input.Failed(Failures.of(e)));
        }
    }

    private void pass(ModelPiece piece) {
        if (!listener.hear(new Input.Said(piece)) && !(piece instanceof ModelPiece.Finished)) {
            throw new EnoughException();
        }
    }

    /** Ends a provider's stream from within its sink. */
    private static final class EnoughException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EnoughException() {
            super("nothing more is wanted", null, false, false);
        }
    }
}
