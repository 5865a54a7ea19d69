package dev.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.MongoClients;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedIT {

    @TempDir
    Path folder;

    @BeforeAll
    static void quiet() {
        BackendLogs.quiet();
    }

    @Test
    void both_start_on_one_folder_and_closing_twice_is_harmless() throws Exception {
        var embedded = Embedded.start(folder);
        try (var mongo = MongoClients.create(embedded.mongoUri())) {
            new Clients(embedded.bootstrapServers()).createTopic("topic", Map.of());
            mongo.getDatabase("db").runCommand(new Document("ping", 1));
        }
        embedded.close();
        embedded.close();
        assertThat(folder)
                .isDirectoryContaining(path -> path.endsWith("kafka"))
                .isDirectoryContaining(path -> path.endsWith("store"));
    }

    @Test
    void if_one_cannot_start_the_other_is_closed() {
        Path kafka = folder.resolve("kafka");
        Path store = folder.resolve("store");
        try (var running = EmbeddedStore.start(store)) {
            assertThatThrownBy(() -> Embedded.start(folder)).isInstanceOf(FolderInUseException.class);
            EmbeddedKafka.start(kafka).close();
            assertThat(running.mongoUri()).isNotEmpty();
        }
        try (var running = EmbeddedKafka.start(kafka)) {
            assertThatThrownBy(() -> Embedded.start(folder)).isInstanceOf(FolderInUseException.class);
            EmbeddedStore.start(store).close();
            assertThat(running.failure()).isNotDone();
        }
    }

    /** Both remember the same ports and find them free. */
    @Test
    void a_folder_and_its_copy_that_are_started_at_the_same_moment_both_start() throws Exception {
        Path copy = folder.resolve("copy");
        Path original = folder.resolve("original");
        Embedded.start(original).close();
        copyTree(original, copy);
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            CyclicBarrier together = new CyclicBarrier(2);
            Callable<Embedded> ofOriginal = () -> startTogether(together, original);
            Callable<Embedded> ofCopy = () -> startTogether(together, copy);
            Future<Embedded> first = pool.submit(ofOriginal);
            Future<Embedded> second = pool.submit(ofCopy);
            try (Embedded one = first.get();
                    Embedded other = second.get()) {
                assertThat(one.bootstrapServers()).isNotEqualTo(other.bootstrapServers());
                assertThat(one.mongoUri()).isNotEqualTo(other.mongoUri());
                for (Embedded each : List.of(one, other)) {
                    new Clients(each.bootstrapServers()).createTopic("topic", Map.of());
                    try (var mongo = MongoClients.create(each.mongoUri())) {
                        mongo.getDatabase("db").runCommand(new Document("ping", 1));
                    }
                }
            }
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static Embedded startTogether(CyclicBarrier together, Path folder) throws Exception {
        together.await();
        return Embedded.start(folder);
    }

    @Test
    void a_port_that_another_program_took_is_replaced() throws Exception {
        Path kafka = folder.resolve("kafka");
        String first;
        try (var broker = EmbeddedKafka.start(kafka)) {
            first = broker.bootstrapServers();
            new Clients(first).createTopic("topic", Map.of());
        }
        int port = Integer.parseInt(first.substring(first.indexOf(':') + 1));
        try (var taken = new ServerSocket(port, 1, Ports.loopback());
                var broker = EmbeddedKafka.start(kafka)) {
            assertThat(broker.bootstrapServers()).isNotEqualTo(first).doesNotEndWith(":" + taken.getLocalPort());
            new Clients(broker.bootstrapServers()).send("topic", List.of("value"));
            assertThat(Files.readString(kafka.resolve("port")).strip())
                    .isEqualTo(broker.bootstrapServers().substring("127.0.0.1:".length()));
        }
    }
}
