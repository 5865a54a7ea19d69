package dev.parley.providers.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * An HTTP request to a service.
 *
 * @param path follows the base URL, and may have a query: {@code /chat/completions}
 * @param headers in addition to those of every call
 */
public record Call(String path, Map<String, String> headers, ObjectNode body) {

    /** The same call with one more header. */
    Call with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new Call(path, more, body);
    }

    /** The same call without these fields of its body. */
    Call without(Set<String> fields) {
        return fields.isEmpty() ? this : new Call(path, headers, body.deepCopy().without(fields));
    }
}
