package dev.parley.gateway.auth;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;

/** The signature algorithms that a public key can be used with. The key determines the algorithm, not the token. */
final class KeyAlgorithms {

    static final Set<String> ALL =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");

    private static final Set<String> RSA = Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");

    private KeyAlgorithms() {}

    /** @return empty if tokens cannot be signed with keys of this kind */
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
