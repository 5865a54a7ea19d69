package dev.parley.providers.scripted;

import dev.parley.providers.ModelMessage;
import dev.parley.providers.ModelPiece;
import dev.parley.providers.ModelRequest;
import dev.parley.providers.Provider;
import dev.parley.providers.ProviderException;
import dev.parley.providers.Usage;
import java.util.function.Consumer;

/**
 * A model without a model. Its answer depends on the user's last message alone, so the same message is always answered the same,
 * and an answer goes on at any character. A message that starts with {@code /script } and JSON is answered as that says
 * ({@link Script}, {@link ScriptedText}).
 *
 * <p>Piece {@code n}, steps of reasoning first, is due at a fixed time after the request: a late one does not delay the next.
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
        Performance performance = performance(lastUserText(request), request.reasoning());
        Schedule schedule = new Schedule(performance);
        int written = 0;
        if (request.answerSoFar().isEmpty()) {
            for (String step : performance.thinking()) {
                schedule.awaitNext();
                sink.accept(new ModelPiece.Thinking(step + "\n\n"));
                written++;
            }
        }
        int said = 0;
        for (int number = 0; number < performance.chunks(); number++) {
            String chunk = performance.chunk().apply(number);
            int known = Math.clamp(request.answerSoFar().length() - said, 0, chunk.length());
            said += chunk.length();
            if (known == chunk.length()) {
                continue;
            }
            schedule.awaitNext();
            if (number >= performance.failAt()) {
                throw new ProviderException(
                        ProviderException.Kind.UNAVAILABLE, true, "the script wants the model to fail here");
            }
            if (number >= performance.hangAt()) {
                schedule.hang();
            }
            sink.accept(new ModelPiece.Content(chunk.substring(known)));
            written++;
        }
        sink.accept(new ModelPiece.Finished("stop", usage(request, performance, written)));
    }

    private static Performance performance(String message, boolean reasoning) {
        if (!message.startsWith(Script.COMMAND)) {
            return ScriptedAnswer.to(message, reasoning);
        }
        return switch (Script.read(message.substring(Script.COMMAND.length()))) {
            case Script.Reading.Valid(Script script) -> script.performance(reasoning);
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

    /** A chunk counts as a token, and so does each four characters of the prompt. */
    private static Usage usage(ModelRequest request, Performance performance, int written) {
        long promptChars = request.messages().stream()
                .mapToLong(message -> message.text().length())
                .sum();
        int reasoning = request.answerSoFar().isEmpty() ? performance.thinking().size() : 0;
        return new Usage((int) Math.min(Integer.MAX_VALUE, promptChars / 4), written, reasoning);
    }

    private final class Schedule {

        private final long start;
        private final double nanosApart;
        private long pieces;

        Schedule(Performance performance) {
            this.start = pace.nanoTime() + performance.firstDelayMs() * 1_000_000;
            this.nanosApart = 1e9 / performance.rate();
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
