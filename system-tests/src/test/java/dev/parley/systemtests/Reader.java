package dev.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.ReceivedStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads one stream to its end over as many sockets as it takes. When a socket is given up, its events count, and the next one resumes
 * after the last of them.
 */
final class Reader {

    private static final Duration BOUND = Duration.ofSeconds(60);

    private final FaultTest test;
    private final Running stream;
    private final List<Frame> before = new ArrayList<>();
    private final List<Long> resumeNanos = new ArrayList<>();
    private ChatClient socket;
    private ReceivedStream part;

    /** The client that sent the message. */
    Reader(FaultTest test, Running stream) {
        this.test = test;
        this.stream = stream;
        this.socket = stream.client();
        this.part = stream.answer();
    }

    private Reader(FaultTest test, Running stream, ChatClient socket, ReceivedStream part) {
        this.test = test;
        this.stream = stream;
        this.socket = socket;
        this.part = part;
    }

    /** Another tab of the same user: it joins the session, and resumes the stream if that is over by then. */
    static Reader joining(FaultTest test, Running stream, URI gateway) throws InterruptedException {
        ChatClient tab = test.connect(stream.client().user(), gateway);
        String session = stream.answer().sessionId();
        String message = stream.answer().messageId();
        tab.join(session);
        boolean underWay = tab.awaitFrame("session_joined")
                .data()
                .path("active")
                .valueStream()
                .anyMatch(active -> active.path("message_id").asString("").equals(message));
        return new Reader(
                test, stream, tab, underWay ? tab.stream(session, message) : tab.resume(session, message, -1));
    }

    Running stream() {
        return stream;
    }

    URI gateway() {
        return socket.gateway();
    }

    ChatClient socket() {
        return socket;
    }

    /** All events so far, over all sockets. */
    List<Frame> frames() {
        return Stream.concat(before.stream(), part.events().stream()).toList();
    }

    /** From before the connect to {@code resumed}, for each resume. */
    List<Long> resumeNanos() {
        return resumeNanos;
    }

    /** What the current socket has received of the stream. */
    ReceivedStream part() {
        return part;
    }

    /** Waits until it has so many characters of the answer. */
    void awaitText(int chars) throws InterruptedException {
        int missing = chars - text(before.stream()).length();
        if (missing > 0) {
            part.awaitText(missing, BOUND);
        }
    }

    /** Drops the TCP connection. */
    void cut() {
        socket.close();
        giveUp();
    }

    /** Closes the connection with a close frame. */
    void leave() throws InterruptedException {
        assertThat(socket.leave()).isEqualTo(1000);
        giveUp();
    }

    /** Waits until the other side has closed the connection. @return the close code */
    int awaitClosed() throws InterruptedException {
        int code = socket.awaitClosed();
        giveUp();
        return code;
    }

    private void giveUp() {
        before.addAll(part.events());
    }

    /** Resumes at the gateway and returns when the past events have arrived. @return {@code resumed} */
    Frame resumeAt(URI gateway) throws InterruptedException {
        long since = System.nanoTime();
        long last = before.isEmpty() ? -1 : before.getLast().seq();
        socket = test.connect(stream.client().user(), gateway);
        part = socket.resume(stream.answer().sessionId(), stream.answer().messageId(), last);
        Frame resumed = part.awaitReply("resumed", 1);
        resumeNanos.add(resumed.arrivedNanos() - since);
        return resumed;
    }

    private boolean isOver() {
        List<Frame> frames = frames();
        return !frames.isEmpty()
                && ReceivedStream.TERMINALS.contains(frames.getLast().type());
    }

    /** Reads to the end and checks that there is no gap and no duplicate, and that the text is exact. */
    void assertExact() throws InterruptedException {
        test.withLog(stream, () -> {
            if (!isOver()) {
                part.awaitEnd(BOUND);
            }
            List<Frame> frames = frames();
            for (int seq = 0; seq < frames.size(); seq++) {
                assertThat(frames.get(seq).seq()).as("the next seq").isEqualTo(seq);
            }
            assertThat(frames.getLast().type()).isEqualTo("stream_complete");
            assertThat(frames.getLast().text("full_content")).isEqualTo(stream.text());
            assertThat(text(frames.stream())).isEqualTo(stream.text());
        });
    }

    private static String text(Stream<Frame> frames) {
        return frames.filter(frame -> frame.type().equals("content_chunk"))
                .map(frame -> frame.text("content"))
                .collect(Collectors.joining());
    }
}
