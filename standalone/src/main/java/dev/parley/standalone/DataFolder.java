package dev.parley.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether the data folder can be used, asked before anything is started in it. */
final class DataFolder {

    private static final String REMEDY =
            " Choose a folder that this user may write to: PARLEY_DATA_DIR=/path/to/folder.";

    private DataFolder() {}

    /** Why it cannot be used, and what to do. A folder that does not exist is made. */
    static Optional<String> refusal(Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            return Optional.of("The data folder " + folder + " (PARLEY_DATA_DIR) is a file." + REMEDY);
        }
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, "write-check", ".tmp"));
            return Optional.empty();
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.of("The data folder " + folder + " (PARLEY_DATA_DIR) cannot be written to ("
                    + e.getClass().getSimpleName() + ")." + REMEDY);
        }
    }
}
