package dev.parley.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Base64;

/** The key that tokens are signed with, made at the first start and kept in the data folder, so that tokens outlive a restart. */
final class AuthSecret {

    static final String FILE = "auth-secret";
    private static final int BYTES = 48;

    private AuthSecret() {}

    /** Nobody but the owner may read the file, from its first moment on. */
    static String keptIn(Path dataDir) {
        Path file = dataDir.resolve(FILE);
        try {
            if (Files.notExists(file)) {
                make(Files.createDirectories(dataDir), file);
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read or make " + file, e);
        }
    }

    private static void make(Path dataDir, Path file) throws IOException {
        Path fresh = Files.createTempFile(dataDir, FILE, ".new"); // where there are modes, with 600
        Files.writeString(fresh, random());
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
