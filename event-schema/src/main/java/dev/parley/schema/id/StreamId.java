package dev.parley.schema.id;

/** One answer. The same message id of another user is another stream; in another session of the same user it is the same one. */
public record StreamId(UserId user, MessageId message) {

    public static StreamId of(String user, String message) {
        return new StreamId(new UserId(user), new MessageId(message));
    }
}
