package dev.parley.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Base64;

/** The key that signs tokens: created at the first start and kept in the data folder, so that tokens stay valid after a restart. */
final class AuthSecret {

    static final String FILE = "auth-secret";
    private static final int BYTES = 48;

    private AuthSecret() {}

    /**
     * Returns the key from the file in {@code dataDir}; creates the file if it is missing. Only its owner may read it, from its creation
     * on.
     */
    static String of(Path dataDir) {
        Path file = dataDir.resolve(FILE);
        try {
            if (Files.notExists(file)) {
                create(Files.createDirectories(dataDir), file);
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot read or create " + file + ". Check that this user may read and write it", e);
        }
    }

    private static void create(Path dataDir, Path file) throws IOException {
        Path fresh = Files.createTempFile(dataDir, FILE, ".new"); // mode 600 on POSIX file systems
        Files.writeString(fresh, random());
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
