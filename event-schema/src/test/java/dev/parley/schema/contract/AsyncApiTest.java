package dev.parley.schema.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.parley.schema.kafka.TopicSetup;
import dev.parley.schema.kafka.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class AsyncApiTest {

    @Test
    void the_messages_are_generated_from_the_records_and_their_schemas() {
        AsyncApi.FILE.mustBe(AsyncApi::derived);
    }

    @Test
    void the_document_is_valid_asyncapi_3_1() {
        assertThat(errors(AsyncApi.read())).isEmpty();
    }

    @Test
    void a_document_with_a_planted_error_is_not() {
        ObjectNode noVersion = AsyncApi.read();
        noVersion.remove("asyncapi");
        assertThat(errors(noVersion)).isNotEmpty();

        ObjectNode badAction = AsyncApi.read();
        ((ObjectNode) badAction.at("/operations/sendFrames")).put("action", "shout");
        assertThat(errors(badAction)).isNotEmpty();

        ObjectNode badBinding = AsyncApi.read();
        ((ObjectNode) badBinding.at("/channels/events/bindings/kafka")).put("partitions", 0);
        assertThat(errors(badBinding)).isNotEmpty();
    }

    @Test
    void every_reference_can_be_resolved() {
        ObjectNode api = AsyncApi.read();
        List<String> references = references(api);

        assertThat(references).hasSizeGreaterThan(WireType.all().size());
        for (String reference : references) {
            if (reference.startsWith("#")) {
                assertThat(api.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse();
            } else {
                assertThat(TestFiles.json(reference).path("$id").stringValue())
                        .as(reference)
                        .isEqualTo(reference.replace("schemas/v1/", Schemas.BASE));
            }
        }
    }

    @Test
    void every_type_is_described_once_and_is_in_a_channel() {
        ObjectNode api = AsyncApi.read();
        Map<String, Integer> described = new HashMap<>();
        api.at("/components/messages")
                .forEach(message -> described.merge(message.at("/payload/$ref").stringValue(""), 1, Integer::sum));
        String channels = api.path("channels").toString();

        for (WireType type : WireType.all()) {
            assertThat(described).as("%s", type).containsEntry("schemas/v1/" + type.schema(), 1);
            assertThat(channels).contains("\"#/components/messages/" + AsyncApi.key(type) + "\"");
        }
    }

    @Test
    void the_topics_are_those_of_the_code() {
        JsonNode channels = AsyncApi.read().path("channels");

        assertThat(channels.path("commands").path("address").stringValue()).isEqualTo(Topics.COMMANDS);
        assertThat(channels.path("events").path("address").stringValue()).isEqualTo(Topics.EVENTS);
        assertThat(channels.path("commands.dlt").path("address").stringValue()).isEqualTo(Topics.COMMANDS_DLT);
        assertThat(channels.path("events.dlt").path("address").stringValue()).isEqualTo(Topics.EVENTS_DLT);
        for (String topic : List.of("commands", "events", "commands.dlt", "events.dlt")) {
            assertThat(channels.path(topic)
                            .at("/bindings/kafka/topicConfiguration/max.message.bytes")
                            .intValue())
                    .as(topic)
                    .isEqualTo(TopicSetup.MAX_MESSAGE_BYTES);
        }
    }

    private static List<Error> errors(JsonNode api) {
        return SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_7,
                        registry -> registry.schemaLoader(loader -> loader.fetchRemoteResources(false)))
                .getSchema(TestFiles.json("asyncapi/asyncapi-3.1.0.json"))
                .validate(api);
    }

    private static List<String> references(JsonNode node) {
        List<String> found = new ArrayList<>();
        collect(node, found::add);
        return found;
    }

    private static void collect(JsonNode node, Consumer<String> found) {
        if (node.path("$ref").isString()) {
            found.accept(node.path("$ref").stringValue());
        }
        node.forEach(inner -> collect(inner, found));
    }
}
