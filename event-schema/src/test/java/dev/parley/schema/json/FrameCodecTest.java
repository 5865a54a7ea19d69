package dev.parley.schema.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.connection.ClientFrame;
import dev.parley.schema.connection.ServerFrame;
import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionId;
import java.nio.charset.Charset;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameCodecTest {

    private static final Vocabulary<ClientFrame> CLIENT = Vocabulary.of(ClientFrame.class);
    private static final Vocabulary<ServerFrame> SERVER = Vocabulary.of(ServerFrame.class);
    private static final Vocabulary<ChatEvent> EVENTS = Vocabulary.of(ChatEvent.class);

    @Test
    void a_chunk_has_its_text_and_no_absent_fields() {
        byte[] bytes = FrameCodec.encode(new ContentChunk(new MessageId("m-1"), 7, "héllo\n", false, null));

        assertThat(new String(bytes, UTF_8))
                .isEqualTo("{\"type\":\"content_chunk\",\"data\":{\"message_id\":\"m-1\",\"seq\":7,"
                        + "\"content\":\"héllo\\n\"}}");
    }

    @Test
    void a_chunk_of_code_is_decoded_to_the_same_record() {
        ContentChunk chunk = new ContentChunk(new MessageId("m-1"), 8, "```java\n", true, "java");

        assertThat(FrameCodec.decode(FrameCodec.encode(chunk), EVENTS)).isEqualTo(new Decoded.Ok<>(chunk));
    }

    @Test
    void a_chunk_is_decoded_to_the_same_record() {
        ContentChunk chunk = new ContentChunk(new MessageId("m-1"), 7, "héllo\n", false, null);

        assertThat(FrameCodec.decode(FrameCodec.encode(chunk), EVENTS)).isEqualTo(new Decoded.Ok<>(chunk));
    }

    @Test
    void an_absent_field_has_its_default() {
        assertThat(client(
                        "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"message\":\"hi\","
                                + "\"user_id\":\"ignored\",\"later\":{\"x\":[1]}}}"))
                .isInstanceOfSatisfying(
                        Decoded.Ok.class,
                        ok -> assertThat(ok.value())
                                .isInstanceOfSatisfying(
                                        ClientFrame.ChatStream.class,
                                        chat -> assertThat(chat.context()).isNull()));
    }

    @Test
    void an_unknown_type_is_distinguished_from_a_malformed_frame() {
        assertThat(client("{\"type\":\"dance\",\"data\":{}}")).isEqualTo(new Decoded.UnknownType<>("dance"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\"}}",
                "{\"data\":{\"message_id\":\"m\",\"session_id\":\"s\"},\"type\":\"stop_generation\"}",
                "{\"v\":[{\"type\":1}],\"type\":\"stop_generation\",\"w\":{\"data\":2},"
                        + "\"data\":{\"x\":{\"y\":[]},\"message_id\":\"m\",\"session_id\":\"s\"},\"z\":null}",
            })
    void further_fields_of_a_frame_and_the_order_do_not_matter(String frame) {
        assertThat(client(frame))
                .isEqualTo(new Decoded.Ok<>(new ClientFrame.StopGeneration(new MessageId("m"), new SessionId("s"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"dance\",\"data\":{\"x\":1,\"x\":2}}",
                "{\"type\":\"dance\",\"data\":{}",
                "{\"type\":\"dance\",\"data\":{}} {}",
                "{\"type\":\"dance\",\"data\":1}",
                "{\"data\":{\"x\":1,\"x\":2},\"type\":\"dance\"}",
                "{\"data\":{\"message_id\":\"m\"},\"type\":\"stop_generation\"}",
                "{\"data\":{},\"type\":7}",
                "{\"data\":{}}",
            })
    void a_bad_form_is_malformed_for_any_type_and_order(String frame) {
        assertThat(client(frame)).isInstanceOf(Decoded.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "[]",
                "null",
                "{}",
                "{\"type\":\"ping\"}",
                "{\"type\":\"ping\",\"data\":[]}",
                "{\"type\":7,\"data\":{}}",
                "{\"type\":\"ping\",\"data\":{}} more",
                "{\"type\":\"ping\",\"type\":\"ping\",\"data\":{}}",
                "{\"type\":\"ping\",\"data\":{\"t\":1,\"t\":2}}",
                "{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"m\"}}",
                "{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"m\",\"session_id\":null}}",
                "{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"m\",\"session_id\":\"\"}}",
                "{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"m\",\"session_id\":5}}",
                "{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"m\",\"session_id\":{\"$gt\":\"\"}}}",
                "{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"../m\",\"session_id\":\"s\"}}",
                "{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"m\\u0000\",\"session_id\":\"s\"}}",
                "{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"m\\u202e\",\"session_id\":\"s\"}}",
                "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"message\":\"\"}}",
                "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"message\":true}}",
                "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"message\":\"x\",\"on_busy\":\"dance\"}}",
                "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"message\":\"x\",\"on_busy\":1}}",
                "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"message\":\"x\",\"priority\":0}}",
                "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"message\":\"x\",\"context\":\"y\"}}",
                "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"message\":\"x\",\"context\":{\"enable_rag\":\"yes\"}}}",
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":-2}}",
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":1.5}}",
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":\"3\"}}",
                "{\"type\":\"resume\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"after_seq\":9223372036854775808}}",
            })
    void a_bad_form_is_malformed(String frame) {
        assertThat(client(frame)).isInstanceOf(Decoded.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE"})
    void other_encodings_than_utf_8_are_malformed(String encoding) {
        byte[] frame = "{\"type\":\"ping\",\"data\":{}}".getBytes(Charset.forName(encoding));

        assertThat(FrameCodec.decode(frame, Vocabulary.of(ClientFrame.class))).isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    void deep_nesting_and_long_numbers_are_malformed() {
        assertThat(client("{\"type\":\"ping\",\"data\":{\"t\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}}"))
                .isInstanceOf(Decoded.Malformed.class);
        assertThat(client("{\"type\":\"ping\",\"data\":{\"t\":" + "9".repeat(100_000) + "}}"))
                .isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    void a_reason_repeats_no_text_of_the_input() {
        String secret = "s3cret";
        for (String frame : new String[] {
            "{\"type\":\"stop_generation\",\"data\":{\"message_id\":\"/" + secret + "\",\"session_id\":\"s\"}}",
            "{\"type\":\"chat_stream\",\"data\":{\"message_id\":\"m\",\"session_id\":\"s\",\"message\":\"x\",\"on_busy\":\""
                    + secret + "\"}}",
            "{\"type\":\"ping\",\"" + secret + "\":1,\"" + secret + "\":2}",
            "{\"" + secret
        }) {
            assertThat(client(frame))
                    .isInstanceOfSatisfying(
                            Decoded.Malformed.class,
                            malformed -> assertThat(malformed.reason()).doesNotContain(secret));
        }
    }

    @Test
    void a_ping_is_decoded_with_any_content() {
        assertThat(client("{\"type\":\"ping\",\"data\":{\"t\":[1,\"a\"]}}")).isInstanceOf(Decoded.Ok.class);
        assertThat(client("{\"type\":\"ping\",\"data\":{}}")).isInstanceOf(Decoded.Ok.class);
    }

    @Test
    void times_are_written_with_three_decimals_and_read_from_any_rfc_3339_text() {
        Instant time = Instant.parse("2026-03-14T15:09:26.535897932Z");

        assertThat(new String(FrameCodec.encode(new ServerFrame.AuthOk(time)), UTF_8))
                .isEqualTo("{\"type\":\"auth_ok\",\"data\":{\"expires_at\":\"2026-03-14T15:09:26.535Z\"}}");
        for (String text :
                new String[] {"2026-03-14T15:09:26.5Z", "2026-03-14T15:09:26.500000Z", "2026-03-14T16:09:26.5+01:00"}) {
            assertThat(authOk(text))
                    .isEqualTo(new Decoded.Ok<>(new ServerFrame.AuthOk(Instant.parse("2026-03-14T15:09:26.500Z"))));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+1000000000-12-31T23:59:59.999Z",
                "+10000-01-01T00:00:00.000Z",
                "9999-12-31T23:30:00.000-01:00",
                "-0001-12-31T23:59:59.999Z"
            })
    void a_time_outside_the_years_of_rfc_3339_is_malformed(String time) {
        assertThat(authOk(time)).isInstanceOf(Decoded.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"})
    void the_first_and_the_last_time_of_rfc_3339_are_read(String time) {
        assertThat(authOk(time)).isEqualTo(new Decoded.Ok<>(new ServerFrame.AuthOk(Instant.parse(time))));
    }

    /** This is why lone surrogates must be replaced before ({@link WellFormed}): strict readers refuse this frame. */
    @Test
    void a_lone_surrogate_is_written_as_its_escape() {
        byte[] bytes = FrameCodec.encode(new ContentChunk(new MessageId("m-1"), 7, "a\uD83D", false, null));

        assertThat(new String(bytes, UTF_8)).contains("\"content\":\"a\\uD83D\"");
    }

    private static Decoded<ServerFrame> authOk(String time) {
        String frame = "{\"type\":\"auth_ok\",\"data\":{\"expires_at\":\"" + time + "\"}}";
        return FrameCodec.decode(frame.getBytes(UTF_8), SERVER);
    }

    private static Decoded<ClientFrame> client(String frame) {
        return FrameCodec.decode(frame.getBytes(UTF_8), CLIENT);
    }
}
