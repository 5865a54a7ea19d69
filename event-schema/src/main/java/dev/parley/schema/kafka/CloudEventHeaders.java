package dev.parley.schema.kafka;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** The headers of records: CloudEvents 1.0 in Kafka binary mode, with UTF-8 values. */
public final class CloudEventHeaders {

    public static final String ID = "ce_id";
    public static final String TYPE = "ce_type";
    public static final String CLAIM = "ce_claim";
    public static final String USER_ID = "ce_userid";
    public static final String WORKER_ID = "ce_workerid";
    public static final String COMMAND_OFFSET = "ce_commandoffset";
    public static final String FOLDED_OFFSET = "ce_foldedoffset";
    public static final String TRACEPARENT = "traceparent";

    static final String TYPE_PREFIX = "dev.parley.";
    static final String TYPE_SUFFIX = ".v1";

    private static final byte[] JSON = "application/json".getBytes(StandardCharsets.UTF_8);
    private static final byte[] VERSION = "1.0".getBytes(StandardCharsets.UTF_8);

    private CloudEventHeaders() {}

    /** The headers that every record has. */
    static Headers of(String source, String wireName, String id) {
        return new RecordHeaders()
                .add("content-type", JSON)
                .add("ce_specversion", VERSION)
                .add("ce_source", utf8(source))
                .add(TYPE, utf8(TYPE_PREFIX + wireName + TYPE_SUFFIX))
                .add(ID, utf8(id));
    }

    /** The text of a header, or null if there is no such header. */
    public static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** The whole number in a header, or null if there is no such header or it is not a number. */
    public static @Nullable Long number(Headers headers, String name) {
        String text = text(headers, name);
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
