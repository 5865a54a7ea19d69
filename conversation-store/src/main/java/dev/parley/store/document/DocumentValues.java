package dev.parley.store.document;

import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** Values of documents for readers that accept also what no projection writes. */
public final class DocumentValues {

    private DocumentValues() {}

    /** 0 if the field is absent or not a number. */
    public static long number(Document document, String field) {
        return document.get(field) instanceof Number number ? number.longValue() : 0;
    }

    /** Empty if the document or the field is absent, or the field is not a string. */
    public static Optional<String> text(@Nullable Document document, String field) {
        return document != null && document.get(field) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** The epoch if the field is absent or not a time. */
    public static Instant instant(Document document, String field) {
        Object value = document.get(field);
        return switch (value) {
            case Date date -> date.toInstant();
            case String text -> Instant.parse(text);
            case null, default -> Instant.EPOCH;
        };
    }
}
