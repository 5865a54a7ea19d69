package dev.parley.providers.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SseReaderTest {

    private static final int MAX_LINE = 100;
    private static final int MAX_EVENT = 200;

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    void every_line_end_ends_a_line_wherever_the_bytes_are_split(String end) throws IOException {
        String text = """
                event: start
                data: {"a":1}

                data: one
                data:two
                data:  three

                """;

        assertEvents(
                text.replace("\n", end),
                new SseEvent("start", "{\"a\":1}"),
                new SseEvent("message", "one\ntwo\n three"));
    }

    @Test
    void characters_of_several_bytes_can_be_split_anywhere() throws IOException {
        assertEvents("data: é ✓ 😀 \u2028 \u0085\n\n", new SseEvent("message", "é ✓ 😀 \u2028 \u0085"));
    }

    @Test
    void a_byte_order_mark_is_removed_only_at_the_beginning() throws IOException {
        assertEvents(
                "\uFEFFdata: a\n\n\uFEFFdata: no field\n\ndata: \uFEFFb\n\n",
                new SseEvent("message", "a"),
                new SseEvent("message", "\uFEFFb"));
    }

    @Test
    void comments_ids_retries_and_unknown_fields_are_ignored() throws IOException {
        assertEvents(
                ": keep-alive\n\nid: 7\nretry: 10\ndato: x\n: data: y\ndata: a\n:\n\n", new SseEvent("message", "a"));
    }

    @Test
    void an_event_without_data_is_ignored_and_so_is_its_type() throws IOException {
        assertEvents("event: ping\n\ndata: a\n\n\n\n", new SseEvent("message", "a"));
    }

    @Test
    void empty_data_is_data_and_a_field_may_have_no_colon() throws IOException {
        assertEvents(
                "data\n\ndata:\ndata\n\nevent\ndata: \n\n",
                new SseEvent("message", ""),
                new SseEvent("message", "\n"),
                new SseEvent("message", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: cut", "data: cut\n", "data: cut\r", "event: x\ndata: a\ndata: b\n"})
    void an_event_that_the_end_cuts_off_is_not_returned(String end) throws IOException {
        assertEvents("data: whole\n\n" + end, new SseEvent("message", "whole"));
    }

    @ParameterizedTest
    @CsvSource({"'data: cut', cut", "'data: cut\n', cut", "'event: x\ndata: a\ndata: b', 'a\nb'", "'event: x', ", "'', "
    })
    void the_data_that_the_end_cuts_off_is_the_rest(String end, @Nullable String rest) throws IOException {
        SseReader reader =
                new SseReader(new ByteArrayInputStream(("data: whole\n\n" + end).getBytes(UTF_8)), MAX_LINE, MAX_EVENT);

        assertThat(reader.next()).isPresent();
        assertThat(reader.next()).isEmpty();
        assertThat(reader.rest()).isEqualTo(Optional.ofNullable(rest));
        assertThat(reader.rest()).isEmpty();
    }

    @Test
    void an_empty_body_has_no_events() throws IOException {
        assertEvents("");
        assertEvents("\n\n");
    }

    @Test
    void malformed_utf_8_becomes_the_replacement_character() throws IOException {
        byte[] bytes = "data: a?b\n\n".getBytes(UTF_8);
        bytes[7] = (byte) 0xFF;

        assertThat(read(new ByteArrayInputStream(bytes))).containsExactly(new SseEvent("message", "a\uFFFDb"));
    }

    @Test
    void an_event_is_returned_before_anything_after_its_blank_line_is_read() throws IOException {
        for (String end : List.of("\n\n", "\r\r", "\r\n\r")) {
            InputStream nothingMore = new InputStream() {
                private final InputStream text = new ByteArrayInputStream(("data: a" + end).getBytes(UTF_8));

                @Override
                public int read() throws IOException {
                    int next = text.read();
                    if (next < 0) {
                        throw new IOException("read on, though the event was complete");
                    }
                    return next;
                }

                @Override
                public int read(byte[] into, int from, int max) throws IOException {
                    into[from] = (byte) read();
                    return 1;
                }
            };

            assertThat(new SseReader(nothingMore, MAX_LINE, MAX_EVENT).next()).contains(new SseEvent("message", "a"));
        }
    }

    @Test
    void a_line_may_be_as_long_as_the_limit_and_no_longer() throws IOException {
        String longest = "x".repeat(MAX_LINE - "data: ".length());

        assertEvents("data: " + longest + "\n\n", new SseEvent("message", longest));
        assertRefused("data: " + longest + "x\n\n", "a line in bytes is longer than 100");
        assertRefused("x".repeat(MAX_LINE + 1), "a line in bytes is longer than 100");
    }

    @Test
    void an_event_may_be_as_long_as_the_limit_and_no_longer() throws IOException {
        String line = "data: " + "x".repeat(49) + "\n";

        assertThat(read(new ByteArrayInputStream((line.repeat(4) + "\n").getBytes(UTF_8))))
                .singleElement()
                .satisfies(event -> assertThat(event.data()).hasSize(199));
        assertRefused(line.repeat(4) + "data\ndata\n\n", "an event in characters is longer than 200");
    }

    private static void assertEvents(String text, SseEvent... expected) throws IOException {
        for (InputStream body : CutInput.everyWay(text.getBytes(UTF_8))) {
            assertThat(read(body)).containsExactly(expected);
        }
    }

    private static void assertRefused(String text, String message) {
        for (InputStream body : CutInput.everyWay(text.getBytes(UTF_8))) {
            assertThatThrownBy(() -> read(body))
                    .isInstanceOf(WireLimitException.class)
                    .hasMessage(message);
        }
    }

    private static List<SseEvent> read(InputStream body) throws IOException {
        SseReader reader = new SseReader(body, MAX_LINE, MAX_EVENT);
        List<SseEvent> events = new ArrayList<>();
        for (Optional<SseEvent> next = reader.next(); next.isPresent(); next = reader.next()) {
            events.add(next.get());
        }
        assertThat(reader.next()).isEmpty();
        return events;
    }
}
