package dev.parley.schema.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.ErrorCode;
import dev.parley.schema.json.FrameCodec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every type has a schema, and it has the fields of the record. */
class SchemasTest {

    static List<WireType> types() {
        return WireType.all();
    }

    static List<String> files() {
        return Schemas.files();
    }

    @Test
    void every_type_has_a_schema_and_every_schema_a_type() {
        List<String> ofTypes =
                Schemas.files().stream().filter(SchemasTest::isOfType).toList();

        assertThat(ofTypes)
                .as(
                        "one file a type under event-schema/src/main/resources/schemas/v1: add what is missing, delete what is left over")
                .containsExactlyInAnyOrderElementsOf(
                        types().stream().map(WireType::schema).toList());
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_schema_is_valid_json_schema_and_its_id_is_its_path(String file) {
        assertThat(Schemas.errorsOfSchema(file)).isEmpty();
        assertThat(Schemas.document(file).path("$id").stringValue()).isEqualTo(Schemas.BASE + file);
    }

    @ParameterizedTest
    @MethodSource("types")
    void a_schema_names_its_type_and_the_fields_of_its_record(WireType type) {
        JsonNode schema = Schemas.document(type.schema());

        assertThat(schema.at("/properties/type/const").stringValue()).isEqualTo(type.name());
        assertThat(schema.path("required").valueStream().map(JsonNode::stringValue))
                .containsExactly("type", "data");
        assertSameFields(type.type(), SchemaPlace.dataOf(type), type.path());
    }

    @Test
    void the_error_codes_are_those_of_the_code() {
        JsonNode codes = Objects.requireNonNull(SchemaPlace.common("error_code").keyword("enum"));

        assertThat(codes.valueStream().map(JsonNode::stringValue))
                .as("common.json, $defs/error_code")
                .containsExactlyElementsOf(
                        Stream.of(ErrorCode.values()).map(Enum::name).toList());
    }

    private static void assertSameFields(Class<?> type, SchemaPlace place, String path) {
        List<RecordComponent> components = Arrays.asList(type.getRecordComponents());
        assertThat(place.properties())
                .as("properties of %s against the components of %s", path, type.getSimpleName())
                .containsExactlyElementsOf(
                        components.stream().map(Fields::nameOf).toList());
        assertThat(place.required())
                .as("required fields of %s: the components of %s without @Nullable", path, type.getSimpleName())
                .containsExactlyElementsOf(components.stream()
                        .filter(Fields::isRequired)
                        .map(Fields::nameOf)
                        .toList());
        for (RecordComponent component : components) {
            String name = Fields.nameOf(component);
            assertSameValue(component.getGenericType(), place.property(name), path + "." + name);
        }
    }

    private static void assertSameValue(Type type, SchemaPlace place, String path) {
        assertThat(place.text("description")).as("%s has a description", path).isNotEmpty();
        if (type instanceof ParameterizedType list) {
            Type item = list.getActualTypeArguments()[0];
            if (item instanceof Class<?> record && record.isRecord()) {
                assertSameFields(record, place.items(), path + "[]");
            }
        } else if (type instanceof Class<?> known && known.isEnum()) {
            assertThat(Objects.requireNonNull(place.keyword("enum"), path + " has an enum"))
                    .as("values of %s", path)
                    .isEqualTo(FrameCodec.mapper().valueToTree(known.getEnumConstants()));
        } else if (type instanceof Class<?> known && known.isRecord() && !Fields.isOneValue(known)) {
            assertSameFields(known, place, path);
        }
    }

    private static boolean isOfType(String file) {
        return file.contains("/") && !file.startsWith("headers/");
    }
}
