package dev.parley.providers.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.providers.ModelPiece;
import dev.parley.providers.ProviderException;
import dev.parley.providers.wire.JsonLineReader;
import dev.parley.providers.wire.SseEvent;
import dev.parley.providers.wire.SseReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/**
 * Takes the body of an answer apart. What the bytes look like decides, not what the headers claim. Once the answer's end was told it
 * stands, whatever becomes of the body: counts of tokens may follow, and are waited for a little.
 */
public final class AnswerBody {

    private static final int MAX_BYTES = 16 * 1024 * 1024;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final String END_MARK = "[DONE]";
    /** After an end. */
    private static final Executor PATIENCE = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

    private final InputStream body;
    private final AtomicInteger chunks = new AtomicInteger();
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
        PushbackInputStream peekable = new PushbackInputStream(body, BYTE_ORDER_MARK.length);
        skipByteOrderMark(peekable);
        AnswerBody answer = new AnswerBody(body, interpreter, failures);
        return startsAsJson(peekable) ? answer.whole(peekable) : answer.chunks(events(peekable));
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

    private static void skipByteOrderMark(PushbackInputStream body) throws IOException {
        byte[] head = new byte[BYTE_ORDER_MARK.length];
        int read = 0;
        while (read < head.length) {
            int next = body.read();
            if (next < 0) {
                break;
            }
            head[read++] = (byte) next;
            if (head[read - 1] != BYTE_ORDER_MARK[read - 1]) {
                body.unread(head, 0, read);
                return;
            }
        }
        if (read < head.length) {
            body.unread(head, 0, read);
        }
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

    /** By the rules an event without its blank line is none, but real services leave that out at the end of a body. */
    private static Source events(InputStream body) {
        SseReader events = new SseReader(body, MAX_BYTES, MAX_BYTES);
        return () -> {
            Optional<SseEvent> event = events.next();
            return event.isPresent() ? event.map(SseEvent::data) : events.rest().filter(AnswerBody::isWhole);
        };
    }

    private static boolean isWhole(String text) {
        return isEndMark(text) || !Json.readOrMissing(text).isMissingNode();
    }

    private static boolean isEndMark(String text) {
        return text.strip().equals(END_MARK);
    }

    private ModelPiece.Finished whole(InputStream json) throws IOException, ProviderException {
        byte[] bytes = json.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw failures.badResponse("sent more than can be read");
        }
        JsonNode answer = Json.readOrMissing(new String(bytes, UTF_8)); // malformed bytes become U+FFFD, as in lines
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
                hurryAfterTheEnd();
                text = source.next();
            }
        } catch (IOException e) {
            boolean complete =
                    interpreter.end().isPresent() && !Thread.currentThread().isInterrupted();
            if (!complete) {
                throw e;
            }
        } finally {
            chunks.incrementAndGet(); // so that nobody closes it any more
        }
        return interpreter.end().orElseThrow(failures::endedEarly);
    }

    /** Closes the body unless more comes soon; who reads it then finds it broken. */
    private void hurryAfterTheEnd() {
        int read = chunks.incrementAndGet();
        if (interpreter.endIsLast() && interpreter.end().isPresent()) {
            PATIENCE.execute(() -> {
                if (chunks.get() == read) {
                    close();
                }
            });
        }
    }

    private void close() {
        try {
            body.close();
        } catch (IOException e) {
            // nothing is left to do for it
        }
    }

    /** @return whether more can follow that matters */
    private boolean take(String text) throws ProviderException {
        if (isEndMark(text)) {
            interpreter.takeEndMark();
            return false;
        }
        if (text.isBlank()) {
            return true;
        }
        boolean told = interpreter.endIsLast() && interpreter.end().isPresent();
        JsonNode chunk = Json.readOrMissing(text);
        if (!chunk.isMissingNode()) {
            return told ? takeAfterTheEnd(chunk) : interpreter.takeChunk(chunk);
        }
        if (!told) {
            throw failures.badResponse("sent something that is no JSON");
        }
        return false;
    }

    /** An error that comes then changes nothing, unless it says that the answer should not have been given. */
    private boolean takeAfterTheEnd(JsonNode chunk) throws ProviderException {
        try {
            return interpreter.takeChunk(chunk);
        } catch (ProviderException e) {
            if (e.kind() == ProviderException.Kind.CONTENT_FILTERED) {
                throw e;
            }
            return false;
        }
    }
}
