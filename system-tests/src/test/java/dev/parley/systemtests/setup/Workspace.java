package dev.parley.systemtests.setup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** The folder of one system under test: logs, which are kept, and data, which is deleted. */
record Workspace(Path folder) {

    static Workspace create(String name) {
        try {
            Path parent = Path.of(System.getProperty("parley.systems", "target/systems"));
            Files.createDirectories(parent);
            return new Workspace(Files.createTempDirectory(parent, name + "-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path data() {
        return folder.resolve("data");
    }

    void deleteData() {
        if (Files.notExists(data())) {
            return;
        }
        try {
            Files.walkFileTree(data(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException error) throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
