package dev.parley.token;

/** The names of the claims that are not registered ones. */
public final class TokenClaims {

    /** An array of names of {@link Role}. */
    public static final String ROLES = "roles";

    /** The wire name of the most urgent priority that the user's messages may ask for. */
    public static final String PRIORITY = "priority";

    private TokenClaims() {}
}
