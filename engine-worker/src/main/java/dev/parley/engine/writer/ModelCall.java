package dev.parley.engine.writer;

import dev.parley.engine.stream.Failures;
import dev.parley.engine.stream.Input;
import dev.parley.engine.stream.StreamTask;
import dev.parley.engine.stream.Turn;
import dev.parley.prompt.PromptRequest;
import dev.parley.prompt.Prompts;
import dev.parley.prompt.Prompts.Finding;
import dev.parley.providers.AskedModel;
import dev.parley.providers.ModelChoice;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.ProviderException;
import dev.parley.schema.event.AbilityUpdated;
import dev.parley.schema.event.Emotion;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Assembles a prompt, asks the model when it may be asked, and passes on what it says, on a thread of its own. Interrupting that thread closes
 * the connection to the model.
 */
final class ModelCall implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCall.class);

    private final StreamTask task;
    private final WriterContext context;
    private final String traceparent;
    private final Future<Question> question;
    private final Listener listener;

    /** Receives what the model says. */
    interface Listener {
        /** Does not block. @return whether more is wanted */
        boolean receive(Input input);
    }

    /** Which model to ask, and after which text it goes on. */
    record Question(ModelChoice choice, String answerSoFar) {}

    /**
     * @param traceparent the step of the trace that this is part of
     * @param question completes when the model may be asked
     */
    ModelCall(
            StreamTask task, WriterContext context, String traceparent, Future<Question> question, Listener listener) {
        this.task = task;
        this.context = context;
        this.traceparent = traceparent;
        this.question = question;
        this.listener = listener;
    }

    @Override
    public void run() {
        try (Prompts.Prompt prompt =
                context.prompts().prepare(request(), finding -> listener.receive(input(finding)))) {
            Question asked = question.get();
            listener.receive(new Input.ContextFound(prompt.used()));
            listener.receive(new Input.Asked(prompt.tokens()));
            ask(asked, prompt);
        } catch (EnoughException | InterruptedException e) {
            // nothing more is wanted
        } catch (RuntimeException | ExecutionException e) {
            LOG.error("Unexpected error while asking a model under claim {}; the stream fails", task.claim(), e);
            listener.receive(new Input.Failed(Failures.INTERNAL));
        }
    }

    private PromptRequest request() {
        Turn turn = task.turn();
        return new PromptRequest(
                task.address().session(), task.stream(), turn.message(), turn.context(), task.past(), task.forgotten());
    }

    private static Input input(Finding finding) {
        return switch (finding) {
            case Finding.EmotionFound(Emotion emotion) -> new Input.EmotionFound(emotion);
            case Finding.AbilityFound(AbilityUpdated ability) -> new Input.AbilityFound(ability);
        };
    }

    private void ask(Question asked, Prompts.Prompt prompt) throws InterruptedException {
        ModelRequest request = new ModelRequest(
                asked.choice().model(),
                prompt.messages(),
                asked.answerSoFar(),
                task.turn().context().reasoning(),
                null,
                traceparent);
        try {
            asked.choice().provider().stream(request, this::pass);
            listener.receive(new Input.Failed(Failures.NO_END)); // ignored if there was an end
        } catch (ProviderException e) {
            listener.receive(new Input.Failed(Failures.of(e)));
        }
    }

    private void pass(ModelPiece piece) {
        Input input = piece instanceof ModelPiece.Asked(AskedModel asked)
                ? new Input.Answering(asked)
                : new Input.Generated(piece);
        if (!listener.receive(input) && !(piece instanceof ModelPiece.Finished)) {
            throw new EnoughException();
        }
    }

    /** Ends a provider's stream from within its callback. */
    private static final class EnoughException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EnoughException() {
            super("nothing more is wanted", null, false, false);
        }
    }
}
