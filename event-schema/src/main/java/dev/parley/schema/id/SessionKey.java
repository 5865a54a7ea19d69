package dev.parley.schema.id;

/** Identifies a conversation: a session id is unique for one user only. */
public record SessionKey(UserId user, SessionId session) {

    public static SessionKey of(String user, String session) {
        return new SessionKey(new UserId(user), new SessionId(session));
    }
}
