package dev.parley.schema.kafka;

import dev.parley.schema.id.SessionId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * The key of commands and events, {@code user/session}, where {@code %} and {@code /} of the user id are percent-encoded; and the
 * partition, which depends on the user alone: all of a user is in one.
 */
public final class RecordKey {

    private RecordKey() {}

    public static String of(SessionKey session) {
        return encode(session.user()) + "/" + session.session();
    }

    /** @throws IllegalArgumentException if the text is not what {@link #of} makes: a session has one key and no other */
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

    /** The partition of a user, by murmur2 of the encoded user id, as Kafka's default partitioner hashes a key. */
    public static int partition(UserId user, int partitions) {
        byte[] bytes = encode(user).getBytes(StandardCharsets.UTF_8);
        return Utils.toPositive(Utils.murmur2(bytes)) % partitions;
    }

    /** The user as it stands in a key. */
    public static String encode(UserId user) {
        return user.value().replace("%", "%25").replace("/", "%2F");
    }
}
