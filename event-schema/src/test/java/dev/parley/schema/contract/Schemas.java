package dev.parley.schema.contract;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/** The JSON Schemas, read from the class path; none is fetched from the network. */
final class Schemas {

    static final String BASE = "https://parley.dev/schemas/v1/";

    private static final String FOLDER = "schemas/v1";
    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry -> registry.schemaLoader(loader -> loader.fetchRemoteResources(false)
                    .schemaIdResolvers(ids -> ids.mapPrefix(BASE, "classpath:" + FOLDER + "/"))));
    private static final Map<String, Schema> LOADED = new ConcurrentHashMap<>();

    private Schemas() {}

    /** All schema files, {@code events/stream_start.json} and so on. */
    static List<String> files() {
        return TestFiles.list(FOLDER);
    }

    static JsonNode document(String file) {
        return TestFiles.json(FOLDER + "/" + file);
    }

    /** The violations of a schema in a value; empty if it is valid. */
    static List<Error> errors(String file, JsonNode value) {
        return LOADED.computeIfAbsent(file, name -> REGISTRY.getSchema(SchemaLocation.of(BASE + name)))
                .validate(value);
    }

    /** The violations of the meta-schema of JSON Schema 2020-12 in a schema. */
    static List<Error> errorsOfSchema(String file) {
        return REGISTRY.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"))
                .validate(document(file));
    }
}
