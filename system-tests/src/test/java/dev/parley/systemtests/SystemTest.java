package dev.parley.systemtests;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.Topics;
import dev.parley.systemtests.client.ChatClient;
import dev.parley.systemtests.client.ReceivedFrames;
import dev.parley.systemtests.log.Checker;
import dev.parley.systemtests.log.Documents;
import dev.parley.systemtests.log.LogExcerpt;
import dev.parley.systemtests.log.Report;
import dev.parley.systemtests.log.StreamHistory;
import dev.parley.systemtests.log.Topic;
import dev.parley.systemtests.process.Eventually;
import dev.parley.systemtests.process.Node;
import dev.parley.systemtests.setup.Parley;
import java.lang.reflect.Method;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients for one test. After the test, everything that they received is compared with the topics and the store. */
@ExtendWith(FailureReport.class)
@Timeout(120)
abstract class SystemTest {

    private static final Duration KEPT_WITHIN = Duration.ofSeconds(15);
    private static final int LOG_LINES = 25;

    private final List<ChatClient> clients = Collections.synchronizedList(new ArrayList<>());
    private final Set<String> users = ConcurrentHashMap.newKeySet();
    private final Random random = new Random();
    private final Map<String, Topic.Point> beginnings = new ConcurrentHashMap<>();
    private String test = "";

    abstract Parley parley();

    @BeforeEach
    void rememberName(TestInfo info) {
        String method = info.getTestMethod().map(Method::getName).orElse("");
        test = getClass().getSimpleName() + "." + (info.getDisplayName().startsWith(method) ? "" : method)
                + info.getDisplayName();
        random.setSeed(31 * Form.seed() + test.hashCode());
    }

    /** The users of a test are new, so the log has nothing of them before. */
    @BeforeEach
    void rememberWhereTheLogEnds() {
        for (String topic : List.of(Topics.COMMANDS, Topics.EVENTS)) {
            beginnings.put(topic, Topic.end(parley().bootstrapServers(), topic));
        }
    }

    /** The name of the test, for printed lines. */
    String test() {
        return test;
    }

    /** Gives the same numbers in each run with the same seed, and other ones in each test. */
    Random random() {
        return random;
    }

    /** A user that no other test has. */
    String user(String name) {
        return known(name + "-" + HexFormat.of().toHexDigits(random.nextInt()));
    }

    /** Makes the user one of this test: the user's records are checked and printed. */
    String known(String user) {
        users.add(user);
        return user;
    }

    /** Connects a new user to the first gateway. */
    ChatClient connect(String name) throws InterruptedException {
        return connect(user(name), parley().gateways().getFirst());
    }

    ChatClient connect(String user, URI gateway) throws InterruptedException {
        var client = ChatClient.connect(user, gateway);
        clients.add(client);
        return client;
    }

    ChatClient connect(String user, URI gateway, String token) throws InterruptedException {
        var client = ChatClient.connect(user, gateway, token);
        clients.add(client);
        return client;
    }

    @AfterEach
    void compare_everything_with_the_log() {
        Documents documents = awaitDocuments();
        Report report =
                Checker.check(topic(Topics.COMMANDS), topic(Topics.EVENTS), receivedFrames(), documents, this::isOurs);
        System.out.println(test + " " + report.line());
        clients.forEach(ChatClient::close);
        report.assertClean();
    }

    /** What was written since the test began. */
    Topic topic(String name) {
        return Topic.read(parley().bootstrapServers(), name, Objects.requireNonNull(beginnings.get(name)));
    }

    /** The streams of this test's users that are in the log. */
    List<StreamHistory> histories() {
        return StreamHistory.fold(topic(Topics.EVENTS)).values().stream()
                .filter(stream -> isOurs(stream.id().user()))
                .toList();
    }

    /** Returns when the projection has written everything of this test's users, or after a while; the checker reports what is missing. */
    Documents awaitDocuments() {
        List<StreamHistory> streams = histories();
        Map<SessionKey, Long> turns = StreamHistory.turns(streams);
        List<StreamHistory> behind = new ArrayList<>(streams);
        try {
            Eventually.await("the documents match the log", KEPT_WITHIN, () -> {
                Documents documents = Documents.read(parley().mongoUri(), behind);
                behind.removeIf(stream -> isUpToDate(documents, stream, turns.getOrDefault(stream.session(), 0L)));
                return behind.isEmpty() ? Optional.of(documents) : Optional.empty();
            });
        } catch (AssertionError late) {
            System.out.println(
                    test + " has " + behind.size() + " documents that do not match the log: " + late.getMessage());
        }
        return Documents.read(parley().mongoUri(), streams);
    }

    /** The ends of the processes' logs and the records of this test's users. */
    String failureDetails() {
        String logs = parley().nodes().stream()
                .map((Node node) ->
                        "==== " + node.name() + (node.isAlive() ? "" : " (dead)") + "\n" + node.logTail(LOG_LINES))
                .collect(Collectors.joining("\n"));
        return logs + "\n" + LogExcerpt.of(topic(Topics.EVENTS), this::isOurs);
    }

    private List<ReceivedFrames> receivedFrames() {
        return clients.stream().map(ChatClient::receivedFrames).toList();
    }

    private boolean isOurs(UserId user) {
        return users.contains(user.value());
    }

    private static boolean isUpToDate(Documents documents, StreamHistory stream, long turnsOfSession) {
        Document document = documents.of(stream.id());
        boolean isThere = stream.isDeleted()
                ? document != null && "deleted".equals(document.get("status"))
                : number(document, "events") == stream.events().size();
        return isThere && number(documents.of(stream.session()), "message_count") == 2 * turnsOfSession;
    }

    private static long number(@Nullable Document document, String field) {
        return document != null && document.get(field) instanceof Number number ? number.longValue() : -1;
    }
}
