package dev.parley.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The data folder of a standalone Parley: its ports and its secret are files there.
 *
 * @param path absolute
 * @param given whether {@code --data-dir} names it; otherwise it is {@code data} in the working directory, which may not exist
 */
record DataFolder(Path path, boolean given) {

    /** @param option the value of {@code --data-dir}, or null */
    static DataFolder of(@Nullable Path option) {
        Path folder = option == null ? Path.of("data") : option;
        return new DataFolder(folder.toAbsolutePath().normalize(), option != null);
    }

    /**
     * The text of a file in it, without surrounding white space; empty if there is no such file.
     *
     * @throws CommandLine.ParameterException if {@code --data-dir} names no data folder of Parley, or the file cannot be read
     */
    Optional<String> text(CommandSpec spec, String... file) {
        Path wanted = Path.of(path.toString(), file);
        if (Files.isRegularFile(wanted)) {
            return Optional.of(read(wanted));
        }
        if (!given) {
            return Optional.empty();
        }
        String wrong = Files.isDirectory(path)
                ? path + " (--data-dir) is not the data folder of a standalone Parley: it has no file "
                        + path.relativize(wanted) + "."
                : "There is no folder " + path + " (--data-dir).";
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                wrong + " Give the folder that Parley prints as Data when it is ready, or omit --data-dir.");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }
}
