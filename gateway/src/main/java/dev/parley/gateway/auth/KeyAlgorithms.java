package dev.parley.gateway.auth;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;

/** Which signature algorithms a public key can be used with: the algorithm is the key's, not the token's choice. */
final class KeyAlgorithms {

    static final Set<String> ALL =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");

    private static final Set<String> RSA = Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");

    private KeyAlgorithms() {}

    /** Empty for a key of a kind that no token can be signed with. */
    static Set<String> of(PublicKey key) {
        return switch (key) {
            case RSAPublicKey _ -> RSA;
            case ECPublicKey ec -> ofCurve(ec.getParams().getCurve().getField().getFieldSize());
            case EdECPublicKey _ -> Set.of("EdDSA");
            default -> Set.of();
        };
    }

    private static Set<String> ofCurve(int bits) {
        return switch (bits) {
            case 256 -> Set.of("ES256");
            case 384 -> Set.of("ES384");
            case 521 -> Set.of("ES512");
            default -> Set.of();
        };
    }
}
