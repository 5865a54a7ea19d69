package dev.parley.standalone;

import dev.parley.embedded.FullDisk;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Checks that the data folder can be used, before anything starts in it. */
final class DataFolder {

    private static final String REMEDY =
            " Choose a folder that this user may write to: PARLEY_DATA_DIR=/path/to/folder.";

    private DataFolder() {}

    /** Why the folder cannot be used and what to do; empty if it can. Creates the folder if it does not exist. */
    static Optional<String> refusal(Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            return Optional.of("The data folder " + folder + " (PARLEY_DATA_DIR) is a file." + REMEDY);
        }
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, "write-check", ".tmp"));
            return FullDisk.sentence(folder);
        } catch (IOException | UnsupportedOperationException e) {
            return FullDisk.sentence(folder)
                    .or(() -> Optional.of("The data folder " + folder + " (PARLEY_DATA_DIR) cannot be written to ("
                            + reason(e) + ")." + REMEDY));
        }
    }

    /** The reason in the operating system's words, such as {@code Read-only file system}. */
    private static String reason(Exception e) {
        if (e instanceof AccessDeniedException) {
            return "Permission denied";
        }
        return e instanceof FileSystemException failure && failure.getReason() != null
                ? failure.getReason()
                : e.getClass().getSimpleName();
    }
}
