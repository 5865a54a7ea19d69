package dev.parley.providers.scripted;

import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.Provider;
import dev.parley.providers.ProviderException;
import dev.parley.providers.Usage;
import java.util.function.Consumer;

/**
 * A provider without a model. Its answer depends only on the user's last message, so the same message always gets the same answer, and an
 * answer can be continued at any character. A message of {@code /script } and JSON gets the answer that the JSON describes
 * ({@link Script}, {@link ScriptedText}).
 *
 * <p>Each piece is due at a fixed time after the request, steps of reasoning first: a late piece does not delay the next.
 */
public final class ScriptedProvider implements Provider {

    public static final String NAME = "scripted";

    /** The name of its only model. */
    public static final String MODEL = "scripted";

    private final Pace pace;

    public ScriptedProvider() {
        this(Pace.REAL);
    }

    ScriptedProvider(Pace pace) {
        this.pace = pace;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelPiece> sink) throws ProviderException, InterruptedException {
        AnswerPlan plan = plan(lastUserText(request), request.reasoning());
        Schedule schedule = new Schedule(plan);
        int written = 0;
        if (request.answerSoFar().isEmpty()) {
            for (String step : plan.thinking()) {
                schedule.awaitNext();
                sink.accept(new ModelPiece.Thinking(step + "\n\n"));
                written++;
            }
        }
        int position = 0;
        for (int number = 0; number < plan.chunks(); number++) {
            String chunk = plan.chunk().apply(number);
            int existing = Math.clamp(request.answerSoFar().length() - position, 0, chunk.length());
            position += chunk.length();
            if (existing == chunk.length()) {
                continue;
            }
            schedule.awaitNext();
            if (number >= plan.failAt()) {
                throw new ProviderException(
                        ProviderException.Kind.UNAVAILABLE, true, "the script makes the model fail here");
            }
            if (number >= plan.hangAt()) {
                schedule.hang();
            }
            sink.accept(new ModelPiece.Content(chunk.substring(existing)));
            written++;
        }
        sink.accept(new ModelPiece.Finished("stop", usage(request, plan, written)));
    }

    private static AnswerPlan plan(String message, boolean reasoning) {
        if (!message.startsWith(Script.COMMAND)) {
            return ScriptedAnswer.to(message, reasoning);
        }
        return switch (Script.read(message.substring(Script.COMMAND.length()))) {
            case Script.Reading.Valid(Script script) -> script.plan(reasoning);
            case Script.Reading.Invalid(String reason) -> ScriptedAnswer.toBadScript(reason);
        };
    }

    private static String lastUserText(ModelRequest request) {
        return request.messages().reversed().stream()
                .filter(message -> message.role() == ModelMessage.Role.USER)
                .map(ModelMessage::text)
                .findFirst()
                .orElse("");
    }

    /** A chunk counts as one token, and four characters of the prompt count as one. */
    private static Usage usage(ModelRequest request, AnswerPlan plan, int written) {
        long promptChars = request.messages().stream()
                .mapToLong(message -> message.text().length())
                .sum();
        int reasoning = request.answerSoFar().isEmpty() ? plan.thinking().size() : 0;
        return new Usage((int) Math.min(Integer.MAX_VALUE, promptChars / 4), written, reasoning);
    }

    private final class Schedule {

        private final long start;
        private final double nanosApart;
        private long pieces;

        Schedule(AnswerPlan plan) {
            this.start = pace.nanoTime() + plan.firstDelayMs() * 1_000_000;
            this.nanosApart = 1e9 / plan.rate();
        }

        void awaitNext() throws InterruptedException {
            pace.awaitNanoTime(start + (long) (pieces++ * nanosApart));
        }

        void hang() throws InterruptedException {
            while (true) {
                pace.sleep(Long.MAX_VALUE);
            }
        }
    }
}
