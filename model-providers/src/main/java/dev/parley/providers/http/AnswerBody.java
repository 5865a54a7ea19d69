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
 * Reads the body of a response. Its format is recognised by its bytes, not by the headers. Once the end of the answer has come, the
 * answer is complete, even if the connection breaks: token counts may follow, and are awaited for a short time.
 */
public final class AnswerBody {

    private static final int MAX_BYTES = 16 * 1024 * 1024;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final String END_MARK = "[DONE]";
    /** How long more is awaited after the end of the answer. */
    private static final Executor AFTER_THE_END = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

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

    /** Reads lines of JSON; an answer that is not streamed is a single line. */
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

    /** By the standard an event ends with a blank line, but some services omit the last one. */
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
            throw failures.badResponse("sent more than " + MAX_BYTES + " bytes");
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
                closeUnlessMoreFollows();
                text = source.next();
            }
        } catch (IOException e) {
            boolean complete =
                    interpreter.end().isPresent() && !Thread.currentThread().isInterrupted();
            if (!complete) {
                throw e;
            }
        } finally {
            chunks.incrementAndGet(); // so that closeUnlessMoreFollows does not close it
        }
        return interpreter.end().orElseThrow(failures::endedEarly);
    }

    /** Closes the body after the end of the answer, unless more comes soon. A read that is still waiting then fails. */
    private void closeUnlessMoreFollows() {
        int read = chunks.incrementAndGet();
        if (interpreter.endIsLast() && interpreter.end().isPresent()) {
            AFTER_THE_END.execute(() -> {
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
            // the connection is closed anyway
        }
    }

    /** @return whether anything useful can follow */
    private boolean take(String text) throws ProviderException {
        if (isEndMark(text)) {
            interpreter.takeEndMark();
            return false;
        }
        if (text.isBlank()) {
            return true;
        }
        boolean ended = interpreter.endIsLast() && interpreter.end().isPresent();
        JsonNode chunk = Json.readOrMissing(text);
        if (!chunk.isMissingNode()) {
            return ended ? takeAfterTheEnd(chunk) : interpreter.takeChunk(chunk);
        }
        if (!ended) {
            throw failures.badResponse("sent something that is no JSON");
        }
        return false;
    }

    /** An error after the end is ignored, unless it says that the answer must not be shown. */
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
