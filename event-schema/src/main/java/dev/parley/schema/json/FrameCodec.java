package dev.parley.schema.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MutableCoercionConfig;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Encodes frames {@code {"type": …, "data": {…}}} as UTF-8 JSON and decodes them. Duplicate keys, text after the frame, deep nesting, long
 * numbers and wrong types are malformed. Unknown fields are ignored. A record component is required unless it is {@link Nullable}.
 * Thread-safe.
 */
public final class FrameCodec {

    private static final int MAX_DEPTH = 32;
    private static final int MAX_NUMBER_CHARS = 64;
    private static final JsonMapper MAPPER = newMapper();
    private static final Map<Class<?>, ObjectWriter> WRITERS = new ConcurrentHashMap<>();
    private static final Map<Class<?>, ObjectReader> READERS = new ConcurrentHashMap<>();

    private FrameCodec() {}

    /** The codec's mapper, for values that are not frames: bodies, lists, documents. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /**
     * Encodes a record of any family as a frame. Lone surrogates in its texts must have been replaced before ({@link WellFormed}),
     * because they are written as escapes, which strict readers refuse.
     */
    public static byte[] encode(Record frame) {
        ObjectWriter writer = WRITERS.computeIfAbsent(
                frame.getClass(),
                type -> MAPPER.writerFor(MAPPER.getTypeFactory().constructParametricType(Envelope.class, type)));
        return writer.writeValueAsBytes(new Envelope<>(Vocabulary.nameOf(frame.getClass()), frame));
    }

    /** Decodes a frame of a family. */
    public static <T> Decoded<T> decode(byte[] utf8, Vocabulary<T> family) {
        try (JsonParser in = MAPPER.createParser(utf8)) {
            Decoded<T> frame = frame(in, family);
            return in.nextToken() == null ? frame : new Decoded.Malformed<>("text after the frame");
        } catch (JacksonException e) {
            return new Decoded.Malformed<>(reason(e));
        }
    }

    /** Reads token by token, because every worker reads every event. Only {@code data} that precede their {@code type} are buffered. */
    private static <T> Decoded<T> frame(JsonParser in, Vocabulary<T> family) {
        String type = null;
        JsonNode early = null;
        Decoded<T> frame = null;
        if (in.nextToken() == JsonToken.START_OBJECT) {
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = in.currentName();
                JsonToken value = in.nextToken();
                if (name.equals("type") && value == JsonToken.VALUE_STRING) {
                    type = in.getString();
                } else if (name.equals("data") && value == JsonToken.START_OBJECT) {
                    if (type == null) {
                        early = in.readValueAsTree();
                    } else {
                        frame = data(in, type, family);
                    }
                } else {
                    in.skipChildren();
                }
            }
        } else {
            in.skipChildren();
        }
        if (type != null && early != null) {
            frame = data(MAPPER.treeAsTokens(early), type, family);
        }
        return frame == null
                ? new Decoded.Malformed<>("a frame is an object with a text \"type\" and an object \"data\"")
                : frame;
    }

    private static <T> Decoded<T> data(JsonParser in, String type, Vocabulary<T> family) {
        Optional<Class<? extends T>> known = family.typeOf(type);
        if (known.isEmpty()) {
            in.skipChildren();
            return new Decoded.UnknownType<>(type);
        }
        return new Decoded.Ok<>(readerOf(known.get()).readValue(in));
    }

    /** Decodes a value that may be followed by others. */
    private static ObjectReader readerOf(Class<?> type) {
        return READERS.computeIfAbsent(
                type, each -> MAPPER.readerFor(each).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS));
    }

    /** Decodes {@code data} without a frame around it, as in HTTP bodies. */
    public static <T> Decoded<T> decodeData(byte[] utf8, Class<T> type) {
        try {
            JsonNode data = MAPPER.readTree(utf8);
            return data.isObject()
                    ? new Decoded.Ok<>(MAPPER.treeToValue(data, type))
                    : new Decoded.Malformed<>("a JSON object is expected");
        } catch (JacksonException e) {
            return new Decoded.Malformed<>(reason(e));
        }
    }

    /** Names the place and the fault. It must not repeat any text of the input, which could reach a log or another user. */
    private static String reason(JacksonException e) {
        if (!(e instanceof DatabindException)) {
            return "not well-formed JSON";
        }
        String where = e.getPath().stream()
                .map(JacksonException.Reference::getPropertyName)
                .filter(Objects::nonNull)
                .collect(Collectors.joining("."));
        String what = e.getCause() instanceof IllegalArgumentException ours && ours.getMessage() != null
                ? ours.getMessage()
                : "missing or of the wrong type";
        return where.isEmpty() ? what : where + ": " + what;
    }

    private static JsonMapper newMapper() {
        JsonFactory factory = JsonFactory.builder()
                .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNumberLength(MAX_NUMBER_CHARS)
                        .build())
                .build();
        return JsonMapper.builder(factory)
                .annotationIntrospector(new NullMarkedIntrospector())
                .addModule(new MillisecondInstants())
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .changeDefaultPropertyInclusion(all -> all.withValueInclusion(JsonInclude.Include.NON_NULL))
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                // An absent is_code is false. NullMarkedIntrospector checks the required components.
                .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .withCoercionConfig(LogicalType.Textual, FrameCodec::refuseOtherScalars)
                .withCoercionConfig(LogicalType.Enum, FrameCodec::refuseOtherScalars)
                .build();
    }

    private static void refuseOtherScalars(MutableCoercionConfig texts) {
        texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
        texts.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
        texts.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    }

    private record Envelope<T>(String type, T data) {}
}
