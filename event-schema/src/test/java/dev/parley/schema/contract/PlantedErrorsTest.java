package dev.parley.schema.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Each golden file is refused with a planted error, and accepted with an additional field. */
class PlantedErrorsTest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    static List<Golden> goldens() {
        return Golden.all();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void a_frame_without_a_required_field_is_refused_by_schema_and_codec(Golden golden) {
        each_object(golden, (frame, object, place) -> {
            for (String name : place.required()) {
                JsonNode kept = Objects.requireNonNull(object.remove(name), name);
                assertRefused(golden, frame);
                object.set(name, kept);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void a_field_of_the_wrong_type_is_refused_by_schema_and_codec(Golden golden) {
        each_field(golden, (frame, object, name, place) -> {
            if (isFree(place)) {
                return;
            }
            object.set(name, ofAnotherType(place));
            assertRefused(golden, frame);
        });
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void a_value_outside_its_limits_is_refused_by_the_schema(Golden golden) {
        each_field(golden, (frame, object, name, place) -> {
            JsonNode min = place.keyword("minimum");
            if (min != null) {
                object.set(name, plus(min, -1));
                assertSchemaRefuses(golden, frame);
            }
            JsonNode max = place.keyword("maximum");
            if (max != null) {
                object.set(name, plus(max, 1));
                assertSchemaRefuses(golden, frame);
            }
            if (place.keyword("minLength") != null || place.keyword("pattern") != null) {
                object.put(name, "");
                assertSchemaRefuses(golden, frame);
            }
            JsonNode longest = place.keyword("maxLength");
            if (longest != null) {
                object.put(name, "x".repeat(longest.intValue() + 1));
                assertSchemaRefuses(golden, frame);
            }
            if (!isFree(place)) {
                object.putNull(name);
                assertSchemaRefuses(golden, frame);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void another_type_is_refused_by_the_schema(Golden golden) {
        ObjectNode frame = frame(golden).put("type", "dance");

        assertSchemaRefuses(golden, frame);
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void an_unknown_field_is_ignored(Golden golden) {
        Decoded<?> before = golden.type().family().decode(golden.wire());

        each_object(golden, (frame, object, place) -> {
            object.putObject("added_later").putArray("x").add(1);
            assertThat(Schemas.errors(golden.type().schema(), frame)).isEmpty();
            assertThat(decode(golden, frame)).isEqualTo(before);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "a b", "a/b", "..", "a..b", "m\n", "\u202em", "m\u0000", "é", "{\"$gt\":\"\"}", "%2F"})
    void an_invalid_id_is_refused_by_schema_and_codec(String text) {
        Golden golden = Golden.of(type("client/stop_generation")).getFirst();
        ObjectNode frame = frame(golden);

        ((ObjectNode) frame.path("data")).put("message_id", text);

        assertRefused(golden, frame);
    }

    @Test
    void an_id_has_at_most_128_characters() {
        Golden golden = Golden.of(type("client/stop_generation")).getFirst();
        ObjectNode frame = frame(golden);

        ((ObjectNode) frame.path("data")).put("message_id", "x".repeat(128));
        assertThat(Schemas.errors(golden.type().schema(), frame)).isEmpty();

        ((ObjectNode) frame.path("data")).put("message_id", "x".repeat(129));
        assertRefused(golden, frame);
    }

    /** The limits of the contract as literals, because the other tests take them from the schemas. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "events/content_chunk | /seq | -1",
                "events/content_chunk | /seq | 1.5",
                "events/content_chunk | /is_code | \"yes\"",
                "events/stream_start | /seq | 1",
                "events/stream_start | /user_id | \"\"",
                "events/stream_start | /message | \"\"",
                "events/stream_start | /timestamp | \"2026-03-14T15:09:26Z\"",
                "events/stream_start | /timestamp | \"2026-03-14T15:09:26.535+01:00\"",
                "events/stream_start | /timestamp | 1773500966535",
                "events/emotion_update | /emotion/arousal | 1.1",
                "events/emotion_update | /emotion/arousal | -0.1",
                "events/emotion_update | /emotion/valence | 1.1",
                "events/emotion_update | /emotion/valence | -1.1",
                "events/emotion_update | /emotion/learning_readiness | \"HIGH_READINESS\"",
                "events/thinking_chunk | /reasoning_step/step_number | 0",
                "events/thinking_chunk | /reasoning_step/thinking_mode | \"dreamy\"",
                "events/thinking_chunk | /reasoning_step/confidence | 1.1",
                "events/context_info | /context/rag_sources/0/score | 2",
                "events/context_info | /context/recent_messages_used | -1",
                "events/stream_resumed | /attempt | 1",
                "events/stream_takeover | /attempt | 1",
                "events/stream_complete | /content_sha256 | \"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855\"",
                "events/stream_complete | /metadata/attempts | 0",
                "events/stream_complete | /metadata/tokens/total | -1",
                "events/stream_complete | /metadata/cost | -0.5",
                "events/stream_complete | /metadata/response_time_ms | -1",
                "events/stream_error | /error/code | \"NO_IDEA\"",
                "events/generation_stopped | /reason | \"bored\"",
                "client/chat_stream | /on_busy | \"ENQUEUE\"",
                "client/chat_stream | /priority | \"urgent\"",
                "client/chat_stream | /context | []",
                "client/resume | /after_seq | -2",
                "client/resume | /after_seq | 9223372036854775808",
                "client/resume | /after_seq | \"3\"",
                "client/auth | /token | \"\"",
                "server/resumed | /last_seq | -2",
                "server/error | /code | \"nope\"",
                "server/error | /retry_after_ms | -1",
                "server/going_away | /reconnect_in_ms | -1"
            })
    void a_value_that_the_contract_forbids_is_refused_by_the_schema(String path, String field, String value) {
        Golden golden = Golden.of(type(path)).getFirst();
        ObjectNode frame = frame(golden);
        int last = field.lastIndexOf('/');
        ObjectNode object = (ObjectNode) frame.path("data").at(field.substring(0, last));

        object.set(field.substring(last + 1), FrameCodec.mapper().readTree(value));

        assertSchemaRefuses(golden, frame);
    }

    @Test
    void a_message_has_at_most_32768_characters_and_a_user_id_256() {
        Golden golden = Golden.of(type("commands/chat_stream")).getFirst();

        ObjectNode longest = frame(golden);
        ((ObjectNode) longest.path("data")).put("message", "x".repeat(32_768)).put("user_id", "u".repeat(256));
        assertThat(Schemas.errors(golden.type().schema(), longest)).isEmpty();

        ObjectNode message = frame(golden);
        ((ObjectNode) message.path("data")).put("message", "x".repeat(32_769));
        assertSchemaRefuses(golden, message);

        ObjectNode user = frame(golden);
        ((ObjectNode) user.path("data")).put("user_id", "u".repeat(257));
        assertSchemaRefuses(golden, user);
    }

    private interface ObjectVisitor {
        void visit(ObjectNode frame, ObjectNode object, SchemaPlace place);
    }

    private interface FieldVisitor {
        void visit(ObjectNode frame, ObjectNode object, String name, SchemaPlace place);
    }

    /** Visits {@code data} and every object in it that the schema knows. */
    private static void each_object(Golden golden, ObjectVisitor visitor) {
        ObjectNode frame = frame(golden);
        visit(frame, (ObjectNode) frame.path("data"), SchemaPlace.dataOf(golden.type()), visitor);
    }

    private static void visit(ObjectNode frame, ObjectNode object, SchemaPlace place, ObjectVisitor visitor) {
        visitor.visit(frame, object, place);
        for (String name : place.properties()) {
            if (object.get(name) instanceof ObjectNode inner) {
                visit(frame, inner, place.property(name), visitor);
            } else if (object.path(name).path(0) instanceof ObjectNode first) {
                visit(frame, first, place.property(name).items(), visitor);
            }
        }
    }

    /** Visits every field of the frame that the schema knows, and undoes the changes of the visitor. */
    private static void each_field(Golden golden, FieldVisitor visitor) {
        each_object(golden, (frame, object, place) -> {
            for (String name : place.properties()) {
                JsonNode kept = object.get(name);
                if (kept != null) {
                    visitor.visit(frame, object, name, place.property(name));
                    object.set(name, kept);
                }
            }
        });
    }

    private static JsonNode plus(JsonNode limit, long step) {
        return limit.isIntegralNumber()
                ? NODES.numberNode(limit.bigIntegerValue().add(BigInteger.valueOf(step)))
                : NODES.numberNode(limit.doubleValue() + step);
    }

    private static boolean isFree(SchemaPlace place) {
        return place.keyword("type") == null && place.keyword("enum") == null && place.keyword("const") == null;
    }

    private static JsonNode ofAnotherType(SchemaPlace place) {
        return switch (place.text("type")) {
            case "string" -> NODES.numberNode(7);
            case "integer" -> NODES.numberNode(1.5);
            case "number" -> NODES.stringNode("0.5");
            case "boolean" -> NODES.stringNode("true");
            case "object" -> NODES.arrayNode();
            case "array" -> NODES.objectNode();
            default -> NODES.stringNode("dance");
        };
    }

    private static void assertRefused(Golden golden, ObjectNode frame) {
        assertSchemaRefuses(golden, frame);
        assertThat(decode(golden, frame)).as("codec, %s", frame).isInstanceOf(Decoded.Malformed.class);
    }

    private static void assertSchemaRefuses(Golden golden, ObjectNode frame) {
        assertThat(Schemas.errors(golden.type().schema(), frame))
                .as("schema, %s", frame)
                .isNotEmpty();
    }

    private static Decoded<?> decode(Golden golden, ObjectNode frame) {
        return golden.type().family().decode(FrameCodec.mapper().writeValueAsBytes(frame));
    }

    private static ObjectNode frame(Golden golden) {
        return (ObjectNode) FrameCodec.mapper().readTree(golden.wire());
    }

    private static WireType type(String path) {
        return WireType.all().stream()
                .filter(type -> type.path().equals(path))
                .findFirst()
                .orElseThrow();
    }
}
