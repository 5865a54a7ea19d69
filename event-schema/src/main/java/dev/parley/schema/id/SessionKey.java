package dev.parley.schema.id;

/** A conversation: a session id names nothing without its user. */
public record SessionKey(UserId user, SessionId session) {

    public static SessionKey of(String user, String session) {
        return new SessionKey(new UserId(user), new SessionId(session));
    }
}
