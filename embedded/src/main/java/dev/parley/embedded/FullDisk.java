package dev.parley.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether the disk of a folder is full. Kafka does not name a full disk as the reason when it fails. */
public final class FullDisk {

    private static final long MIB = 1024 * 1024;

    /** Kafka allocates its index files in advance, so it fails while some space is left. */
    private static final long FULL_BELOW_BYTES = 16 * MIB;

    private FullDisk() {}

    /**
     * What is wrong and what to do, in sentences; empty if there is space or if that cannot be determined.
     *
     * @param folder may not exist yet
     */
    public static Optional<String> sentence(Path folder) {
        Path there = folder.toAbsolutePath();
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            return sentence(folder, Files.getFileStore(there).getUsableSpace());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** @param free bytes on the disk of the folder */
    static Optional<String> sentence(Path folder, long free) {
        if (free >= FULL_BELOW_BYTES) {
            return Optional.empty();
        }
        return Optional.of("The disk that holds " + folder.toAbsolutePath().normalize() + " is full: " + free / MIB
                + " MiB are free, and at least " + FULL_BELOW_BYTES / MIB
                + " MiB are needed. Make room on it, or move the folder to a larger disk, and start again: everything that was acknowledged is"
                + " kept.");
    }
}
