package dev.parley.gateway.websocket;

import dev.parley.schema.json.WellFormed;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@link WellFormed} for any JSON: what a client may send back to itself. */
final class WellFormedJson {

    private WellFormedJson() {}

    static @Nullable JsonNode of(@Nullable JsonNode node) {
        return node == null ? null : mended(node);
    }

    private static JsonNode mended(JsonNode node) {
        if (node.isString()) {
            return JsonNodeFactory.instance.stringNode(WellFormed.of(node.stringValue()));
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(each -> array.add(mended(each)));
            return array;
        }
        if (node.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, JsonNode> property : node.properties()) {
                object.set(WellFormed.of(property.getKey()), mended(property.getValue()));
            }
            return object;
        }
        return node;
    }
}
