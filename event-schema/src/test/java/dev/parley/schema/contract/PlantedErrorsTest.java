package dev.parley.schema.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.json.Decoded;
import dev.parley.schema.json.FrameCodec;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Each golden file with one error planted is refused; with something added it is not. */
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
    void a_field_that_nobody_knows_changes_nothing(Golden golden) {
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
    void a_text_that_is_no_id_is_refused_by_schema_and_codec(String text) {
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

    /** Visits every field that the schema knows and the frame has; what a visitor did to it is undone. */
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
