package dev.parley.schema.kafka;

import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * The key of commands and events: {@code user/session}, where {@code %} and {@code /} of the user id are percent-encoded. The partition
 * depends on the user only, so all records of a user are in one partition.
 */
public final class RecordKey {

    private RecordKey() {}

    public static String of(SessionKey session) {
        return encode(session.user()) + "/" + session.session();
    }

    /** @throws IllegalArgumentException if the text is not a result of {@link #of}: each session has exactly one key */
    public static SessionKey parse(String key) {
        int slash = key.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("a key is user/session");
        }
        String user = key.substring(0, slash).replace("%2F", "/").replace("%25", "%");
        SessionKey session = new SessionKey(new UserId(user), new SessionId(key.substring(slash + 1)));
        if (!of(session).equals(key)) {
            throw new IllegalArgumentException("of a user only / and % are percent-encoded");
        }
        return session;
    }

    /** The partition of a user: murmur2 of the encoded user id, as in Kafka's default partitioner. */
    public static int partition(UserId user, int partitions) {
        byte[] bytes = encode(user).getBytes(StandardCharsets.UTF_8);
        return Utils.toPositive(Utils.murmur2(bytes)) % partitions;
    }

    /** The user as in a key. */
    public static String encode(UserId user) {
        return user.value().replace("%", "%25").replace("/", "%2F");
    }
}
