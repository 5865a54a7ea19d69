package dev.parley.providers.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request to a service.
 *
 * @param path what comes after the base URL, with its own query if need be: {@code /chat/completions}
 * @param headers beside those that every call has
 */
public record Call(String path, Map<String, String> headers, ObjectNode body) {

    /** The same with one more header. */
    Call with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new Call(path, more, body);
    }

    /** The same without some fields of its body. */
    Call without(Set<String> fields) {
        return fields.isEmpty() ? this : new Call(path, headers, body.deepCopy().without(fields));
    }
}
