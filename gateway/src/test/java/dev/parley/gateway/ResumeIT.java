package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.gateway.testkit.GatewayNode;
import dev.parley.gateway.testkit.SocketClient;
import dev.parley.gateway.testkit.Worker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that lose their sockets again and again, and resume at another gateway. */
@WithBackends
class ResumeIT {

    private static final int CLIENTS = 12;
    private static final int STREAMS_EACH = 8;
    private static final int DROPS_EACH = 6;

    private final Backends backends;
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    ResumeIT(Backends backends) {
        this.backends = backends;
    }

    @Test
    @Timeout(value = 180, unit = TimeUnit.SECONDS)
    void clients_that_disconnect_at_any_point_and_resume_at_another_gateway_get_every_stream_byte_for_byte() {
        String prefix = Backends.unique("user");
        try (GatewayNode one = GatewayNode.start(backends, Map.of());
                GatewayNode other = GatewayNode.start(backends, Map.of());
                Worker producer = Worker.of(backends, prefix, "s", "unused")) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Client(prefix + "-" + i, producer, one));
            }
            clients.forEach(Client::ask);
            for (int round = 0; round < DROPS_EACH; round++) {
                clients.forEach(Client::writeSome);
                for (Client client : clients) {
                    client.dropAndResume(random.nextBoolean() ? one : other);
                }
            }
            clients.forEach(Client::writeRest);
            clients.forEach(Client::check);
        }
    }

    private final class Client {

        private final String user;
        private final Map<String, Worker> workers = new HashMap<>();
        private final Map<String, List<String>> got = new HashMap<>();
        private SocketClient socket;

        Client(String user, Worker producer, GatewayNode node) {
            this.user = user;
            this.socket = SocketClient.connect(node, user);
            for (int i = 0; i < STREAMS_EACH; i++) {
                String message = "m" + i;
                workers.put(message, producer.another(user, "s", message));
                got.put(message, new ArrayList<>());
            }
        }

        void ask() {
            for (String message : workers.keySet()) {
                socket.send("chat_stream", Map.of("message_id", message, "session_id", "s", "message", "hi"));
            }
            socket.awaitCount(STREAMS_EACH, frame -> frame.contains("stream_acknowledged"));
        }

        void writeSome() {
            workers.values().forEach(worker -> {
                if (worker.written().isEmpty()) {
                    worker.start();
                } else if (!worker.isComplete()) {
                    worker.chunks(random.nextInt(80));
                    if (random.nextInt(8) == 0) {
                        worker.complete();
                    }
                }
            });
        }

        void writeRest() {
            workers.values().forEach(worker -> {
                if (!worker.isComplete()) {
                    worker.chunks(5).complete();
                }
            });
        }

        /** Disconnects wherever the streams are now, and resumes them at this node. */
        void dropAndResume(GatewayNode node) {
            SocketClient dropped = socket;
            dropped.drop();
            collect(dropped);
            socket = SocketClient.connect(node, user);
            got.forEach((message, events) -> socket.send(
                    "resume", Map.of("message_id", message, "session_id", "s", "after_seq", events.size() - 1)));
        }

        private void collect(SocketClient from) {
            for (String frame : from.frames()) {
                if (frame.contains("\"seq\":")) {
                    got.forEach((message, events) -> {
                        if (frame.contains("\"message_id\":\"" + message + "\"")) {
                            events.add(frame);
                        }
                    });
                }
            }
        }

        void check() {
            int missing = 0;
            for (Map.Entry<String, Worker> each : workers.entrySet()) {
                missing += each.getValue().written().size()
                        - got.getOrDefault(each.getKey(), List.of()).size();
            }
            socket.awaitCount(missing, frame -> frame.contains("\"seq\":"));
            socket.settle();
            collect(socket);
            socket.close();
            workers.forEach((message, worker) -> assertThat(got.get(message))
                    .as("seed %d, %s of %s", seed, message, user)
                    .isEqualTo(worker.written()));
            assertThat(socket.frames()).noneMatch(frame -> frame.contains("\"type\":\"error\""));
        }
    }
}
