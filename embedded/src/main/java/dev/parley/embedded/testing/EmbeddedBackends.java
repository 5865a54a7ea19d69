package dev.parley.embedded.testing;

import dev.parley.embedded.Embedded;
import dev.parley.embedded.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** The embedded broker and store in a temporary folder. */
final class EmbeddedBackends {

    private EmbeddedBackends() {}

    static RunningBackends start() {
        Path folder = temporaryFolder();
        var embedded = Embedded.start(folder);
        var backends = new Backends(embedded.bootstrapServers(), embedded.mongoUri(), Backends.Kind.EMBEDDED);
        return new RunningBackends(
                backends, "embedded Kafka " + EmbeddedKafka.version() + " and embedded store", () -> {
                    embedded.close();
                    delete(folder);
                });
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("parley-backends-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
