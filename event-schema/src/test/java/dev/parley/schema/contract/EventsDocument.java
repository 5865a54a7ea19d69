package dev.parley.schema.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.schema.event.StreamEvent;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** docs/events.md. The text between {@code derived} marks is generated from schemas and golden files, the rest is written by hand. */
final class EventsDocument {

    static final ProjectFile FILE = ProjectFile.at("../docs/events.md");

    private static final Pattern DERIVED = Pattern.compile("<!-- derived: (\\w+) -->\n.*?<!-- end -->", Pattern.DOTALL);
    private static final int LONGEST_ENUM = 8;

    static {
        FILE.rewriteIfAsked(EventsDocument::derived);
    }

    private EventsDocument() {}

    static String derived(String document) {
        return DERIVED.matcher(document)
                .replaceAll(part -> Matcher.quoteReplacement("<!-- derived: " + part.group(1) + " -->\n"
                        + section(Family.valueOf(part.group(1).toUpperCase(java.util.Locale.ROOT)))
                        + "<!-- end -->"));
    }

    private static String section(Family family) {
        List<WireType> types = family.types()
                .sorted(Comparator.comparing(EventsDocument::place))
                .toList();
        StringBuilder text = new StringBuilder("| type | what |\n|---|---|\n");
        types.forEach(type -> text.append(
                "| [`%s`](#%s-%s) | %s |\n".formatted(type.name(), family.folder(), type.name(), description(type))));
        types.forEach(type -> text.append("\n").append(described(type)));
        return text.toString();
    }

    /** Events in the order of a stream: those for clients, terminal events, those for readers of the log only. */
    private static int place(WireType type) {
        if (StreamEvent.Terminal.class.isAssignableFrom(type.type())) {
            return 1;
        }
        return type.family() != Family.EVENTS || StreamEvent.class.isAssignableFrom(type.type()) ? 0 : 2;
    }

    private static String described(WireType type) {
        StringBuilder text = new StringBuilder("<a id=\"%s-%s\"></a>\n\n### `%s`\n\n%s\n\n"
                .formatted(type.family().folder(), type.name(), type.name(), description(type)));
        text.append("| field | | what |\n|---|---|---|\n");
        appendFields(SchemaPlace.dataOf(type), "", text);
        Golden example = Golden.of(type).stream()
                .min(Comparator.comparingInt(golden -> golden.file().length()))
                .orElseThrow(() -> new AssertionError("no golden file for " + type));
        return text + "\n```json\n" + new String(example.wire(), UTF_8) + "\n```\n";
    }

    private static void appendFields(SchemaPlace place, String prefix, StringBuilder text) {
        for (String name : place.properties()) {
            SchemaPlace field = place.property(name);
            String optional = place.required().contains(name) ? "" : "?";
            text.append("| `%s%s`%s | %s | %s |\n"
                    .formatted(prefix, name, optional, kind(field), field.text("description")));
            if (field.text("type").equals("object")) {
                appendFields(field, prefix + name + ".", text);
            } else if (field.text("type").equals("array")) {
                appendFields(field.items(), prefix + name + "[].", text);
            }
        }
    }

    private static String kind(SchemaPlace field) {
        JsonNode choices = field.keyword("enum");
        if (choices != null) {
            return choices.size() > LONGEST_ENUM
                    ? "a code"
                    : choices.valueStream()
                            .map(choice -> "`" + choice.stringValue() + "`")
                            .collect(Collectors.joining(" \\| "));
        }
        JsonNode only = field.keyword("const");
        if (only != null) {
            return "`" + only + "`";
        }
        return switch (field.text("type")) {
            case "string" -> "text" + length(field);
            case "integer" -> "integer" + range(field);
            case "number" -> "number" + range(field);
            case "boolean" -> "true or false";
            case "array" -> "list";
            case "object" -> "object";
            default -> "anything";
        };
    }

    private static String length(SchemaPlace field) {
        JsonNode max = field.keyword("maxLength");
        return max == null ? "" : ", at most " + max;
    }

    private static String range(SchemaPlace field) {
        JsonNode min = field.keyword("minimum");
        JsonNode max = field.keyword("maximum");
        if (min == null) {
            return "";
        }
        boolean machineLimit =
                max == null || max.decimalValue().compareTo(java.math.BigDecimal.valueOf(Short.MAX_VALUE)) > 0;
        return machineLimit ? " ≥ " + min : ", " + min + " to " + max;
    }

    private static String description(WireType type) {
        return Objects.requireNonNull(
                Schemas.document(type.schema()).path("description").stringValue());
    }
}
