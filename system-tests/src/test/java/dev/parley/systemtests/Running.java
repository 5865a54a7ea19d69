package dev.parley.systemtests;

import dev.parley.schema.id.StreamId;
import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.ReceivedStream;
import java.util.stream.LongStream;

/**
 * A running stream and its expected text.
 *
 * @param text the whole answer
 * @param askedNanos {@link System#nanoTime} before the message was sent
 */
record Running(ChatClient client, ReceivedStream answer, String text, long askedNanos) {

    StreamId id() {
        return StreamId.of(client.user(), answer.messageId());
    }

    /** From sending the message to its {@code stream_start} at the client. */
    long startedAfterNanos() throws InterruptedException {
        return answer.awaitStart().arrivedNanos() - askedNanos;
    }

    /** From a moment to the arrival of the first event with that seq or a later one. */
    long receivedAfterNanos(long moment, long seq) {
        return answer.events().stream()
                        .filter(frame -> frame.seq() >= seq)
                        .mapToLong(Frame::arrivedNanos)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(answer.messageId() + " did not reach seq " + seq))
                - moment;
    }

    /** Whether the stream continued after a moment, with more events than could already be on their way to the client. */
    boolean lasted(long moment) {
        return answer.events().stream()
                        .filter(frame -> frame.arrivedNanos() > moment)
                        .count()
                > 2;
    }

    /** The longest time without an event, from a moment to the last event. */
    long longestSilenceAfter(long moment) {
        long[] times = LongStream.concat(
                        LongStream.of(moment),
                        answer.events().stream().mapToLong(Frame::arrivedNanos).filter(time -> time > moment))
                .toArray();
        return longestGap(times);
    }

    /** The longest time between two events. */
    long longestSilence() {
        return longestGap(
                answer.events().stream().mapToLong(Frame::arrivedNanos).toArray());
    }

    private static long longestGap(long[] times) {
        long longest = 0;
        for (int i = 1; i < times.length; i++) {
            longest = Math.max(longest, times[i] - times[i - 1]);
        }
        return longest;
    }
}
