package dev.parley.projection.reader;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import dev.parley.embedded.testing.Backends;
import dev.parley.embedded.testing.WithBackends;
import dev.parley.projection.ProjectionSettings;
import dev.parley.projection.turn.LogRecord;
import dev.parley.projection.turn.PartitionFold;
import dev.parley.projection.turn.TestLog;
import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Claim;
import dev.parley.store.document.StoreCollections;
import dev.parley.store.write.MongoTurnStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.StandardEnvironment;

/** How many bytes are written to the store for each byte of an answer, with the default settings. */
@WithBackends
class WriteAmplificationIT {

    private static final int TOKENS_A_SECOND = 50;
    private static final int TOKENS_A_POLL = TOKENS_A_SECOND / 10;
    private static final Set<String> WRITES = Set.of("update", "insert", "delete");
    private static final List<String> WORDS = List.of(
            "the ",
            "log ",
            "keeps ",
            "every ",
            "token",
            " of",
            " an",
            " answer",
            ", in",
            " order",
            ". ",
            "\n",
            "partition ");

    @Test
    void is_at_most_three_and_does_not_grow_with_the_answer(Backends backends) {
        double small = amplification(backends, 1_000);
        double middle = amplification(backends, 8_000);
        double large = amplification(backends, 32_000);

        System.out.printf(
                "FIGURES bytes written for a byte of content: %.2f at 1k tokens, %.2f at 8k, %.2f at 32k%n",
                small, middle, large);
        assertThat(List.of(small, middle, large))
                .allSatisfy(each -> assertThat(each).isLessThanOrEqualTo(3.0));
    }

    private static double amplification(Backends backends, int tokens) {
        AtomicLong written = new AtomicLong();
        Map<String, Long> byCollection = new ConcurrentHashMap<>();
        CommandListener counter = new CommandListener() {
            @Override
            public void commandStarted(CommandStartedEvent event) {
                if (WRITES.contains(event.getCommandName())) {
                    long size = bytes(event.getCommand());
                    written.addAndGet(size);
                    byCollection.merge(
                            event.getCommand().getString(event.getCommandName()).getValue(), size, Long::sum);
                }
            }
        };
        SessionKey session = SessionKey.of(Backends.unique("ann"), "s");
        StreamId stream = new StreamId(session.user(), StreamId.of("x", "m").message());
        TestLog log = new TestLog();
        String text = write(log, session, stream, tokens);
        ProjectionSettings settings =
                Binder.get(new StandardEnvironment()).bindOrCreate("parley.projection", ProjectionSettings.class);
        try (MongoClient client = MongoClients.create(MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(backends.mongoUri()))
                .addCommandListener(counter)
                .build())) {
            MongoTurnStore store =
                    new MongoTurnStore(new StoreCollections(client.getDatabase(Backends.unique("amplification"))));
            store.prepare();
            written.set(0);
            ReadPartition partition = new ReadPartition(
                    0,
                    0,
                    new PartitionFold(settings.longestStream()),
                    new WritePolicy(settings.writeInterval(), settings.writeGrowthPercent()));
            long nanos = 0;
            int read = 0;
            for (LogRecord record : log.all()) {
                partition.read(record);
                if (++read % TOKENS_A_POLL == 0) {
                    PartitionWrites.write(List.of(partition), store, nanos);
                    nanos += Duration.ofMillis(1_000L * TOKENS_A_POLL / TOKENS_A_SECOND)
                            .toNanos();
                }
            }
            PartitionWrites.write(List.of(partition), store, nanos);
        }
        System.out.printf(
                "FIGURES %d tokens, %d bytes of content: %d bytes written, %s%n",
                tokens, text.length(), written.get(), byCollection);
        return (double) written.get() / text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static long bytes(BsonDocument command) {
        return new RawBsonDocument(command, new BsonDocumentCodec())
                .getByteBuffer()
                .remaining();
    }

    private static String write(TestLog log, SessionKey session, StreamId stream, int tokens) {
        Claim claim = new Claim(1, "a");
        Random random = new Random(tokens);
        StringBuilder text = new StringBuilder();
        log.event(session, claim, TestLog.start(session, stream, "Explain the log.", log.now()));
        for (int seq = 1; seq <= tokens; seq++) {
            String token =
                    WORDS.get(random.nextInt(WORDS.size())) + (random.nextInt(5) == 0 ? random.nextInt(999) : "");
            text.append(token);
            log.at(log.now().plusMillis(15 + random.nextInt(10)));
            log.event(session, claim, new ContentChunk(stream.message(), seq, token, false, null));
        }
        log.stopped(session, claim, stream, tokens + 1, text.toString());
        return text.toString();
    }
}
