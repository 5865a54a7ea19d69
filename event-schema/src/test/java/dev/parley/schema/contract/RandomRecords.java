package dev.parley.schema.contract;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Generates records of any type within the limits of its schema, and often at these limits. A new type needs no change here. */
final class RandomRecords {

    private static final String[] PIECES = {
        "a",
        "Z",
        "9",
        " ",
        "\n",
        "\t",
        "\u0000",
        "\u001b",
        "\"",
        "\\",
        "/",
        "%",
        "<script>",
        "é",
        "漢",
        "\u2028",
        "\u202e",
        "👋",
        "\uFFFD"
    };
    private static final String ID_CHARS = "abcXYZ019._:-";
    private static final String HEX = "0123456789abcdef";
    private static final int USUAL_CHARS = 40;
    private static final long YEAR_2100_MS = 4_102_444_800_000L;
    private static final double LARGE = 1e6;

    private final Random random;

    RandomRecords(long seed) {
        this.random = new Random(seed);
    }

    Record next(WireType type) {
        return record(type.type(), SchemaPlace.dataOf(type));
    }

    private Record record(Class<? extends Record> type, SchemaPlace place) {
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = Fields.isNullable(components[i]) && random.nextInt(3) == 0
                    ? null
                    : value(components[i].getGenericType(), place.property(Fields.nameOf(components[i])));
        }
        return build(type, values);
    }

    private Object value(Type type, SchemaPlace place) {
        if (type instanceof ParameterizedType list) {
            return listOf(list.getActualTypeArguments()[0], place.items());
        }
        Class<?> known = (Class<?>) type;
        if (known.isEnum()) {
            return known.getEnumConstants()[random.nextInt(known.getEnumConstants().length)];
        }
        if (Fields.isOneValue(known)) {
            return build(known.asSubclass(Record.class), text(place));
        }
        if (known.isRecord()) {
            return record(known.asSubclass(Record.class), place);
        }
        return switch (known.getSimpleName()) {
            case "boolean", "Boolean" -> random.nextBoolean();
            case "int", "Integer" -> (int) whole(place, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "long", "Long" -> whole(place, Long.MIN_VALUE, Long.MAX_VALUE);
            case "double", "Double" -> real(place);
            case "String" -> text(place);
            case "Instant" -> Instant.ofEpochMilli(random.nextLong(YEAR_2100_MS));
            case "JsonNode" -> json();
            default -> throw new AssertionError("RandomRecords cannot make a " + known);
        };
    }

    private List<Object> listOf(Type type, SchemaPlace items) {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(value(type, items));
        }
        return list;
    }

    private long whole(SchemaPlace place, long least, long most) {
        JsonNode only = place.keyword("const");
        if (only != null) {
            return only.longValue();
        }
        long min = limit(place, "minimum", BigDecimal.valueOf(least)).longValueExact();
        long max = limit(place, "maximum", BigDecimal.valueOf(most)).longValueExact();
        return switch (random.nextInt(4)) {
            case 0 -> min;
            case 1 -> max;
            default -> max == Long.MAX_VALUE ? random.nextLong(min, max) : random.nextLong(min, max + 1);
        };
    }

    private double real(SchemaPlace place) {
        double min = limit(place, "minimum", BigDecimal.valueOf(-LARGE)).doubleValue();
        double max = limit(place, "maximum", BigDecimal.valueOf(LARGE)).doubleValue();
        return switch (random.nextInt(5)) {
            case 0 -> min;
            case 1 -> max;
            default -> random.nextDouble(min, max);
        };
    }

    private static BigDecimal limit(SchemaPlace place, String keyword, BigDecimal otherwise) {
        JsonNode limit = place.keyword(keyword);
        return limit == null ? otherwise : limit.decimalValue();
    }

    private String text(SchemaPlace place) {
        String pattern = place.text("pattern");
        if (pattern.isEmpty()) {
            return freeText(place);
        }
        if (pattern.equals(SchemaPlace.common("wire_id").text("pattern"))) {
            return ofChars(ID_CHARS, random.nextInt(8) == 0 ? 128 : 1 + random.nextInt(USUAL_CHARS))
                    .replace("..", ".-");
        }
        if (pattern.equals(SchemaPlace.common("sha256").text("pattern"))) {
            return ofChars(HEX, 64);
        }
        throw new AssertionError("RandomRecords cannot make a text of the pattern " + pattern);
    }

    private String freeText(SchemaPlace place) {
        int min = limit(place, "minLength", BigDecimal.ZERO).intValueExact();
        int max = limit(place, "maxLength", BigDecimal.valueOf(USUAL_CHARS)).intValueExact();
        int length = switch (random.nextInt(8)) {
            case 0 -> min;
            case 1 -> max;
            default -> random.nextInt(min, Math.min(max, USUAL_CHARS) + 1);
        };
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            String piece = PIECES[random.nextInt(PIECES.length)];
            text.append(piece.length() <= length - text.length() ? piece : "x");
        }
        return text.toString();
    }

    private String ofChars(String chars, int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(chars.charAt(random.nextInt(chars.length())));
        }
        return text.toString();
    }

    private JsonNode json() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(5)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.booleanNode(random.nextBoolean());
            case 2 -> nodes.numberNode(random.nextInt());
            case 3 -> nodes.stringNode("t");
            default -> nodes.arrayNode().add(1).add(nodes.objectNode().put("x", "y"));
        };
    }

    private static Record build(Class<? extends Record> type, @Nullable Object... values) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class[]::new);
        try {
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return Objects.requireNonNull(constructor.newInstance(values));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("cannot make a " + type + " of " + Arrays.toString(values), e);
        }
    }
}
