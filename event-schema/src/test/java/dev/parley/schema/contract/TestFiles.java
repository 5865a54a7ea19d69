package dev.parley.schema.contract;

import dev.parley.schema.json.FrameCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Reads folders of the class path. */
final class TestFiles {

    private TestFiles() {}

    /** The files under a folder, named from it, sorted. */
    static List<String> list(String folder) {
        Path root = path(folder);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(String file) {
        try {
            return Files.readAllBytes(path(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String file) {
        return FrameCodec.mapper().readTree(bytes(file));
    }

    private static Path path(String name) {
        URL found = TestFiles.class.getClassLoader().getResource(name);
        if (found == null) {
            throw new AssertionError("add " + name + " to the resources of event-schema");
        }
        try {
            URI uri = found.toURI();
            return Path.of(uri);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
