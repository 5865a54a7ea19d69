package dev.parley.providers.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class ArrivingBodyTest {

    private final ArrivingBody body = new ArrivingBody();
    private final Connection connection = new Connection();

    @Test
    void arrivals_are_read_in_order_and_then_the_end_repeatedly() throws IOException {
        body.onSubscribe(connection);
        body.onNext(List.of(bytes("on"), bytes(""), bytes("e ")));
        body.onNext(List.of());
        body.onNext(List.of(bytes("two")));
        body.onComplete();

        assertThat(new String(body.readAllBytes(), UTF_8)).isEqualTo("one two");
        assertThat(body.read()).isEqualTo(-1);
        assertThat(body.read(new byte[4])).isEqualTo(-1);
    }

    @Test
    void all_arrivals_are_read_before_the_broken_connection_is_reported() throws IOException {
        body.onSubscribe(connection);
        body.onNext(List.of(bytes("last words")));
        body.onError(new IOException("reset"));

        assertThat(new String(body.readNBytes(10), UTF_8)).isEqualTo("last words");
        assertThatThrownBy(body::read).isInstanceOf(IOException.class).hasMessage("the connection broke");
        assertThatThrownBy(body::read).isInstanceOf(IOException.class).hasMessage("the connection broke");
    }

    @Test
    void the_next_arrival_is_requested_when_one_is_taken() throws IOException {
        body.onSubscribe(connection);
        assertThat(connection.asked).isEqualTo(1);
        body.onNext(List.of(bytes("ab")));
        assertThat(connection.asked).isEqualTo(1);

        body.read();
        body.read();

        assertThat(connection.asked).isEqualTo(2);
    }

    @Test
    void closing_cancels_once_and_ends_reading() {
        body.onSubscribe(connection);
        body.close();
        body.close();

        assertThat(connection.cancelled).isEqualTo(1);
        assertThatThrownBy(body::read).isInstanceOf(IOException.class).hasMessage("closed");
    }

    @Test
    void a_subscription_after_closing_is_cancelled() {
        body.close();
        body.onSubscribe(connection);

        assertThat(connection.cancelled).isEqualTo(1);
        assertThat(connection.asked).isZero();
    }

    @Test
    void a_connection_is_not_cancelled_after_the_end_of_its_body() {
        body.onSubscribe(connection);
        body.onComplete();
        body.close();

        assertThat(connection.cancelled).isZero();
    }

    @Test
    void an_interrupt_closes_even_if_data_has_arrived() {
        body.onSubscribe(connection);
        body.onNext(List.of(bytes("more")));
        Thread.currentThread().interrupt();

        assertThatThrownBy(body::read).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(connection.cancelled).isEqualTo(1);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static final class Connection implements Flow.Subscription {

        private int asked;
        private int cancelled;

        @Override
        public void request(long count) {
            asked++;
        }

        @Override
        public void cancel() {
            cancelled++;
        }
    }
}
