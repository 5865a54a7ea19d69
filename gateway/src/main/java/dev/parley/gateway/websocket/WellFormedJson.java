package dev.parley.gateway.websocket;

import dev.parley.schema.json.WellFormed;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Applies {@link WellFormed} to all texts of a JSON value, such as the payload that a ping returns. */
final class WellFormedJson {

    private WellFormedJson() {}

    static @Nullable JsonNode of(@Nullable JsonNode node) {
        return node == null ? null : wellFormed(node);
    }

    private static JsonNode wellFormed(JsonNode node) {
        if (node.isString()) {
            return JsonNodeFactory.instance.stringNode(WellFormed.of(node.stringValue()));
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(each -> array.add(wellFormed(each)));
            return array;
        }
        if (node.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, JsonNode> property : node.properties()) {
                object.set(WellFormed.of(property.getKey()), wellFormed(property.getValue()));
            }
            return object;
        }
        return node;
    }
}
