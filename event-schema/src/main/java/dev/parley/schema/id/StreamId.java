package dev.parley.schema.id;

/** Identifies a stream. The same message id of another user is another stream; in another session of the same user it is the same stream. */
public record StreamId(UserId user, MessageId message) {

    public static StreamId of(String user, String message) {
        return new StreamId(new UserId(user), new MessageId(message));
    }
}
