package dev.parley.schema.contract;

import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.StreamEvent;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/**
 * The AsyncAPI document. Its messages and the lists of messages are generated from the sealed families and their schemas; the rest is written
 * by hand.
 */
final class AsyncApi {

    static final ProjectFile FILE = ProjectFile.at("src/main/resources/asyncapi.yaml");

    private static final String MESSAGE = "#/components/messages/";
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER, YAMLWriteFeature.SPLIT_LINES)
            .enable(
                    YAMLWriteFeature.MINIMIZE_QUOTES,
                    YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS,
                    YAMLWriteFeature.LITERAL_BLOCK_STYLE)
            .build();

    static {
        FILE.rewriteIfAsked(AsyncApi::derived);
    }

    private AsyncApi() {}

    static ObjectNode read() {
        return (ObjectNode) YAML.readTree(FILE.read());
    }

    /** The document with its messages generated again. */
    static String derived(String document) {
        ObjectNode api = (ObjectNode) YAML.readTree(document);
        ObjectNode messages = (ObjectNode) api.at("/components/messages");
        messages.removeIf(message -> message.has("payload"));
        WireType.all().forEach(type -> messages.set(key(type), message(type)));
        list(api, "socket", onSocket());
        list(api, "commands", Family.COMMANDS.types());
        list(api, "events", Family.EVENTS.types());
        listOfOperation(api, "receiveFrames", Family.CLIENT.types());
        listOfOperation(api, "sendFrames", sentToClients());
        return YAML.writeValueAsString(api);
    }

    /** {@code events.stream_start}: the component that describes a type. */
    static String key(WireType type) {
        return type.path().replace('/', '.');
    }

    /** The headers of a type's records: a schema file, and the {@code ce_type}. */
    static HeadersOf headersOf(WireType type) {
        JsonNode all = read().at("/components/messages/" + key(type) + "/headers/allOf");
        return new HeadersOf(
                all.at("/0/$ref").stringValue().replace("schemas/v1/", ""),
                all.at("/1/properties/ce_type/const").stringValue());
    }

    record HeadersOf(String schema, String ceType) {}

    private static Stream<WireType> onSocket() {
        return Stream.concat(Family.CLIENT.types(), sentToClients());
    }

    private static Stream<WireType> sentToClients() {
        return Stream.concat(
                Family.SERVER.types(),
                Family.EVENTS.types().filter(type -> StreamEvent.class.isAssignableFrom(type.type())));
    }

    private static ObjectNode message(WireType type) {
        ObjectNode message = YAML.createObjectNode();
        message.put("name", type.name());
        message.put(
                "summary", Schemas.document(type.schema()).path("description").stringValue());
        message.putObject("payload").put("$ref", "schemas/v1/" + type.schema());
        if (type.family() == Family.COMMANDS || type.family() == Family.EVENTS) {
            ArrayNode all = message.putObject("headers").putArray("allOf");
            all.addObject().put("$ref", "schemas/v1/" + headers(type));
            all.addObject()
                    .putObject("properties")
                    .putObject("ce_type")
                    .put("const", "dev.parley." + type.name() + ".v1");
            message.putObject("bindings").put("$ref", "#/components/messageBindings/record");
        }
        return message;
    }

    private static String headers(WireType type) {
        Class<?> record = type.type();
        if (type.family() == Family.COMMANDS) {
            return "headers/command.json";
        }
        if (record == StreamEvent.StreamStart.class) {
            return "headers/stream_start.json";
        }
        if (StreamEvent.Terminal.class.isAssignableFrom(record)) {
            return "headers/terminal.json";
        }
        if (StreamEvent.class.isAssignableFrom(record)) {
            return "headers/event.json";
        }
        return ChatEvent.Control.class.isAssignableFrom(record) ? "headers/control.json" : "headers/session.json";
    }

    private static void list(ObjectNode api, String channel, Stream<WireType> types) {
        ObjectNode messages = ((ObjectNode) api.at("/channels/" + channel)).putObject("messages");
        types.forEach(type -> messages.putObject(key(type)).put("$ref", MESSAGE + key(type)));
    }

    private static void listOfOperation(ObjectNode api, String operation, Stream<WireType> types) {
        ArrayNode messages = ((ObjectNode) api.at("/operations/" + operation)).putArray("messages");
        List<WireType> listed = types.toList();
        listed.forEach(type -> messages.addObject().put("$ref", "#/channels/socket/messages/" + key(type)));
    }
}
