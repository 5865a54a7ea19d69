package dev.parley.engine.provider.http;

import dev.parley.engine.provider.ModelPiece;
import dev.parley.engine.provider.ProviderException;
import dev.parley.engine.provider.wire.JsonLineReader;
import dev.parley.engine.provider.wire.SseEvent;
import dev.parley.engine.provider.wire.SseReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Takes the body of an answer apart. What the bytes look like decides, not what the headers claim. */
public final class AnswerBody {

    private static final int MAX_BYTES = 16 * 1024 * 1024;
    private static final String END_MARK = "[DONE]";

    private final InputStream body;
    private final Interpreter interpreter;
    private final Failures failures;

    private AnswerBody(InputStream body, Interpreter interpreter, Failures failures) {
        this.body = body;
        this.interpreter = interpreter;
        this.failures = failures;
    }

    /** Reads server-sent events with JSON in them, or one JSON text where the service does not stream. */
    public static ModelPiece.Finished readEvents(InputStream body, Interpreter interpreter, Failures failures)
            throws IOException, ProviderException {
        PushbackInputStream peekable = new PushbackInputStream(body);
        AnswerBody answer = new AnswerBody(peekable, interpreter, failures);
        return startsAsJson(peekable) ? answer.whole() : answer.chunks(answer.events());
    }

    /** Reads lines of JSON; one that came whole is a single line. */
    public static ModelPiece.Finished readLines(InputStream body, Interpreter interpreter, Failures failures)
            throws IOException, ProviderException {
        JsonLineReader lines = new JsonLineReader(body, MAX_BYTES);
        return new AnswerBody(body, interpreter, failures).chunks(lines::next);
    }

    private interface Source {
        Optional<String> next() throws IOException;
    }

    private static boolean startsAsJson(PushbackInputStream body) throws IOException {
        int first = body.read();
        while (first >= 0 && Character.isWhitespace(first)) {
            first = body.read();
        }
        if (first >= 0) {
            body.unread(first);
        }
        return first == '{' || first == '[';
    }

    private Source events() {
        SseReader events = new SseReader(body, MAX_BYTES, MAX_BYTES);
        return () -> events.next().map(SseEvent::data);
    }

    private ModelPiece.Finished whole() throws IOException, ProviderException {
        byte[] bytes = body.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw failures.badResponse("sent more than can be read");
        }
        JsonNode answer = Json.readOrMissing(bytes);
        if (answer.isMissingNode()) {
            throw failures.badResponse("sent something that is no JSON");
        }
        interpreter.takeWhole(answer);
        return interpreter.end().orElseThrow(failures::endedEarly);
    }

    private ModelPiece.Finished chunks(Source source) throws IOException, ProviderException {
        try {
            Optional<String> text = source.next();
            while (text.isPresent() && take(text.get())) {
                text = source.next();
            }
        } catch (IOException e) {
            boolean complete =
                    interpreter.end().isPresent() && !Thread.currentThread().isInterrupted();
            if (!complete) {
                throw e;
            }
        }
        return interpreter.end().orElseThrow(failures::endedEarly);
    }

    private boolean take(String text) throws ProviderException {
        if (text.equals(END_MARK)) {
            interpreter.takeEndMark();
            return false;
        }
        return interpreter.takeChunk(Json.read(text, failures));
    }
}
