package dev.parley.engine.writer;

import dev.parley.engine.stream.Decision;
import dev.parley.engine.stream.Input;
import dev.parley.engine.stream.StreamTask;
import dev.parley.providers.ModelChoice;
import dev.parley.providers.NamedModel;
import dev.parley.schema.command.ChatContext;
import dev.parley.schema.event.StartMetadata;
import dev.parley.schema.event.StreamEvent.StreamStart;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The model of one stream: which one it is, and the thread that prepares its prompt, asks it and reads it. Thread-safe. */
final class StreamModel {
    private final StreamTask task;
    private final WriterContext context;
    private final ModelChoice choice;
    /** Completed when the model may be asked. */
    private final CompletableFuture<ModelCall.Question> question = new CompletableFuture<>();

    private volatile @Nullable Thread thread;

    StreamModel(StreamTask task, WriterContext context) {
        this.task = task;
        this.context = context;
        this.choice = context.providers().choose(requested(), task.turn().message());
    }

    /** How the stream starts with this model. */
    Input.Started start() {
        return new Input.Started(
                context.ids().get(),
                new StartMetadata(choice.provider().name(), choice.model(), choice.category(), null));
    }

    /**
     * Begins to prepare the prompt, while the writer does what comes before the model may be asked.
     *
     * @param traceparent the step of the trace that this is part of
     */
    void prepare(String traceparent, ModelCall.Listener listener) {
        ModelCall call = new ModelCall(task, context, traceparent, question, listener);
        thread = Thread.ofVirtual().name("model-" + task.claim()).start(call);
    }

    /**
     * Asks the model as soon as its prompt is ready.
     *
     * @param start of the stream, if it is there: after a takeover the model that began the answer is asked to finish it, if it can be
     */
    void ask(String answerSoFar, @Nullable StreamStart start) {
        ModelChoice asked = task.action() instanceof Decision.TakeOver && start != null
                ? context.providers().resume(requested(), task.turn().message(), begun(start.metadata()))
                : choice;
        question.complete(new ModelCall.Question(asked, answerSoFar));
    }

    private NamedModel requested() {
        ChatContext named = task.turn().context();
        return new NamedModel(named.provider(), named.model(), named.category());
    }

    private static NamedModel begun(StartMetadata start) {
        return new NamedModel(start.provider(), start.model(), start.category());
    }

    /** Closes the connection to the model. */
    void close() {
        Thread reading = thread;
        if (reading != null) {
            reading.interrupt();
        }
    }
}
