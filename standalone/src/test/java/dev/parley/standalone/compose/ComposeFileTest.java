package dev.parley.standalone.compose;

import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.parley.providers.selection.Service;
import dev.parley.standalone.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks {@code docker-compose.yml} as far as possible without Docker. It does not show that the containers work together. */
class ComposeFileTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> OURS = Set.of("gateway-1", "gateway-2", "worker-1", "worker-2", "projection");
    /** Variables that Spring Boot reads, or a service without a settings record. */
    private static final Set<String> OTHERS =
            Set.of("SPRING_KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "PARLEY_DEFAULT_PROVIDER");

    private final JsonNode compose = read("docker-compose.yml");

    @Test
    void it_is_valid_by_the_compose_specification() {
        var registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_7,
                builder -> builder.schemaLoader(loader -> loader.fetchRemoteResources(false)));
        var specification = registry.getSchema(SchemaLocation.of("classpath:compose-spec/compose-spec.json"));
        assertThat(specification.validate(compose)).isEmpty();
    }

    @Test
    void each_service_waits_for_healthy_backends_and_has_a_memory_limit() {
        for (String service : OURS) {
            JsonNode one = service(service);
            assertThat(one.at("/depends_on/kafka/condition").asString())
                    .as(service)
                    .isEqualTo("service_healthy");
            assertThat(one.at("/depends_on/mongodb/condition").asString())
                    .as(service)
                    .isEqualTo("service_healthy");
            assertThat(one.path("mem_limit").isMissingNode()).as(service).isFalse();
        }
        for (String backend : List.of("kafka", "mongodb")) {
            assertThat(service(backend).path("healthcheck").path("test").isEmpty())
                    .as(backend)
                    .isFalse();
            assertThat(service(backend).path("mem_limit").isMissingNode())
                    .as(backend)
                    .isFalse();
        }
    }

    @Test
    void every_variable_is_one_that_a_service_reads() {
        Set<String> known = Stream.of(
                        Setting.all().map(Setting::variable),
                        OTHERS.stream(),
                        Arrays.stream(Service.values())
                                .flatMap(model -> Stream.of("_API_KEY", "_BASE_URL", "_MODEL")
                                        .map(model.name()::concat)))
                .flatMap(names -> names)
                .collect(Collectors.toSet());
        for (String service : OURS) {
            assertThat(service(service).path("environment").propertyNames())
                    .as(service)
                    .isSubsetOf(known);
        }
    }

    @Test
    void every_image_is_built_once_and_is_a_target_of_the_Dockerfile_that_does_not_run_as_root() throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve("Dockerfile"));
        Map<String, String> targets = new TreeMap<>();
        for (String service : OURS) {
            JsonNode one = service(service);
            if (one.has("build")) {
                String target = one.at("/build/target").asString();
                assertThat(targets.put(one.path("image").asString(), target))
                        .as("a second build of the image of " + service)
                        .isNull();
                assertThat(stage(lines, "FROM service AS " + target))
                        .as(target)
                        .contains("COPY --from=build /apps/" + target + " ./");
            } else {
                assertThat(one.path("pull_policy").asString()).as(service).isEqualTo("never");
            }
        }
        assertThat(targets).hasSize(3);
        assertThat(OURS)
                .allSatisfy(service -> assertThat(targets)
                        .containsKey(service(service).path("image").asString()));
        assertThat(stage(lines, "FROM eclipse-temurin:25-jre AS service")).contains("USER 10001");
        String unpacked = String.join("\n", stage(lines, "FROM eclipse-temurin:25-jdk AS build"));
        assertThat(targets.values())
                .allSatisfy(
                        target -> assertThat(unpacked).containsPattern("for service in [a-z -]*\\b" + target + "\\b"));
    }

    private static List<String> stage(List<String> lines, String from) {
        return lines.stream()
                .dropWhile(not(from::equals))
                .skip(1)
                .takeWhile(line -> !line.startsWith("FROM "))
                .toList();
    }

    @Test
    void the_broker_is_of_the_version_that_the_clients_are() {
        String clients = org.apache.kafka.common.utils.AppInfoParser.getVersion();
        assertThat(service("kafka").path("image").asString()).isEqualTo("apache/kafka:" + clients);
    }

    private JsonNode service(String name) {
        JsonNode found = compose.path("services").path(name);
        assertThat(found.isObject()).as("service " + name).isTrue();
        return found;
    }

    private static JsonNode read(String file) {
        try {
            return JsonMapper.shared().valueToTree(new Yaml().load(Files.readString(ROOT.resolve(file))));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
