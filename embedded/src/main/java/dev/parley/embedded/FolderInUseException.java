package dev.parley.embedded;

import java.nio.file.Path;

/** Another instance, in this process or in another one, uses the folder. */
public final class FolderInUseException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    FolderInUseException(Path folder) {
        super("The data folder " + folder.toAbsolutePath().normalize()
                + " is already in use. Stop the process that uses it, or choose another folder.");
    }
}
