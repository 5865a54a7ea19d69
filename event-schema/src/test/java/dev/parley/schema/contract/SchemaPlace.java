package dev.parley.schema.contract;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A location in a schema. Keywords that it does not have itself come from the definition that it refers to. */
record SchemaPlace(String file, JsonNode node) {

    /** The {@code data} of a type's frames. */
    static SchemaPlace dataOf(WireType type) {
        return new SchemaPlace(type.schema(), Schemas.document(type.schema()).at("/properties/data"));
    }

    static SchemaPlace common(String name) {
        return new SchemaPlace("common.json", Schemas.document("common.json").at("/$defs/" + name));
    }

    @Nullable
    JsonNode keyword(String name) {
        JsonNode own = node.get(name);
        SchemaPlace target = target();
        return own != null || target == null ? own : target.keyword(name);
    }

    String text(String keyword) {
        JsonNode found = keyword(keyword);
        return found == null ? "" : found.stringValue();
    }

    Collection<String> properties() {
        JsonNode found = keyword("properties");
        return found == null ? List.of() : found.propertyNames();
    }

    Collection<String> required() {
        List<String> names = new ArrayList<>();
        JsonNode found = keyword("required");
        if (found != null) {
            found.forEach(name -> names.add(name.stringValue()));
        }
        return names;
    }

    SchemaPlace property(String name) {
        return below("properties", name);
    }

    SchemaPlace items() {
        SchemaPlace target = target();
        return node.has("items") || target == null ? new SchemaPlace(file, node.path("items")) : target.items();
    }

    private SchemaPlace below(String keyword, String name) {
        SchemaPlace target = target();
        return node.has(keyword) || target == null
                ? new SchemaPlace(file, node.path(keyword).path(name))
                : target.below(keyword, name);
    }

    private @Nullable SchemaPlace target() {
        JsonNode ref = node.get("$ref");
        if (ref == null) {
            return null;
        }
        String name = ref.stringValue();
        String common = Objects.requireNonNull(name).replaceFirst("^(\\.\\./common\\.json)?#/\\$defs/", "");
        if (common.equals(name)) {
            throw new AssertionError(file + " refers to " + name + ": shared definitions must be in common.json");
        }
        return common(common);
    }
}
