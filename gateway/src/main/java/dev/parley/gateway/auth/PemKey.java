package dev.parley.gateway.auth;

import dev.parley.service.startup.SettingException;
import dev.parley.service.startup.SettingProblem;
import dev.parley.service.startup.ShownValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** Reads a public key or a certificate in PEM: RSA, EC (P-256, P-384, P-521) or Ed25519. */
final class PemKey {

    private static final String BEGIN = "-----BEGIN ";
    private static final List<String> KINDS = List.of("RSA", "EC", "EdDSA");

    private PemKey() {}

    /**
     * @param textOrPath the PEM text, with line feeds or {@code \n} in place of them, or the path of a file that has it
     * @throws SettingException if there is no usable key in it
     */
    static FixedKey read(String textOrPath) {
        PublicKey key = parse(textOrPath.contains(BEGIN) ? textOrPath.replace("\\n", "\n") : contentOf(textOrPath));
        Set<String> algorithms = KeyAlgorithms.of(key);
        if (algorithms.isEmpty()) {
            throw unusable(
                    "is a key of a kind that tokens cannot be signed with (" + key.getAlgorithm() + ")",
                    "It must be a key for RSA (2048 bits or more), EC (P-256, P-384, P-521) or Ed25519.");
        }
        return new FixedKey(key, algorithms);
    }

    private static String contentOf(String path) {
        try {
            return Files.readString(Path.of(path.strip()));
        } catch (IOException | InvalidPathException e) {
            throw unusable(
                    "is " + ShownValue.of(path) + ", which is neither PEM text nor a file that can be read",
                    "Give the text from -----BEGIN PUBLIC KEY----- on, or the path of a file that has it.");
        }
    }

    private static PublicKey parse(String pem) {
        try {
            if (pem.contains(BEGIN + "CERTIFICATE-----")) {
                return CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                        .getPublicKey();
            }
            return ofAnyKind(new X509EncodedKeySpec(der(pem)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unusable(
                    "holds no public key and no certificate in PEM",
                    "It must begin with -----BEGIN PUBLIC KEY----- or -----BEGIN CERTIFICATE-----; a private key is not accepted.");
        }
    }

    private static SettingException unusable(String found, String remedy) {
        return new SettingException(
                new SettingProblem("PARLEY_AUTH_PUBLIC_KEY (parley.auth.public-key)", found, remedy));
    }

    private static byte[] der(String pem) {
        String begin = BEGIN + "PUBLIC KEY-----";
        int from = pem.indexOf(begin);
        int to = pem.indexOf("-----END PUBLIC KEY-----");
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("no public key");
        }
        return Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
    }

    private static PublicKey ofAnyKind(X509EncodedKeySpec encoded) throws GeneralSecurityException {
        GeneralSecurityException last = new GeneralSecurityException("no key");
        for (String kind : KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(encoded);
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw last;
    }
}
