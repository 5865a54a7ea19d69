package dev.parley.projection.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.schema.log.Claim;
import dev.parley.store.document.ArchiveDocuments;
import dev.parley.store.document.ConversationDocuments;
import dev.parley.store.document.TurnDocuments;
import dev.parley.store.turn.Conversation;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.LogPosition;
import dev.parley.store.turn.Outcome;
import dev.parley.store.turn.StreamArchive;
import dev.parley.store.turn.Turn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.bson.Document;
import org.bson.types.Binary;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Compares the tables of docs/documents.md with the documents that a fold of generated logs writes: names, types, and optional fields. */
class DocumentsDocumentTest {

    private static final int LOGS = 20;
    private static final int STEPS = 400;
    private static final Pattern ROW =
            Pattern.compile("^\\| `([a-z0-9_]+)`(\\?)? \\| ([a-z ]+) \\|", Pattern.MULTILINE);
    private static final Map<String, Class<?>> TYPES = Map.of(
            "string", String.class,
            "object", Map.class,
            "date", Date.class,
            "array of objects", List.class,
            "boolean", Boolean.class,
            "int", Integer.class,
            "long", Long.class,
            "binary", Binary.class);

    private static final List<Document> TURNS = new ArrayList<>();
    private static final List<Document> DELETED = new ArrayList<>();
    private static final List<Document> CONVERSATIONS = new ArrayList<>();
    private static final List<Document> ARCHIVES = new ArrayList<>();
    private static final List<Document> LATE = new ArrayList<>();

    private record Field(String type, boolean optional) {}

    @BeforeAll
    static void fold_generated_logs() {
        addUnreadable();
        for (int seed = 1; seed <= LOGS; seed++) {
            PartitionFold fold = new PartitionFold(Duration.ofHours(24));
            Chaos.of(new Random(seed), STEPS, seed % 2 == 0).log().all().forEach(fold::read);
            fold.open().forEach(DocumentsDocumentTest::add);
            fold.over().forEach(DocumentsDocumentTest::add);
            addConversations(fold.steps());
            for (StreamArchive archive : fold.archives()) {
                ARCHIVES.addAll(ArchiveDocuments.of(archive));
            }
            for (LateRecord late : fold.late()) {
                LATE.add(Objects.requireNonNull(
                        ArchiveDocuments.late(late.stream(), RecordKey.of(late.session()), 0, null, List.of(late))));
            }
        }
    }

    private static void addUnreadable() {
        SessionKey session = SessionKey.of("ann", "s1");
        StreamId stream = StreamId.of("ann", "m1");
        Claim claim = new Claim(1, "c1");
        TestLog log = new TestLog();
        log.event(session, claim, TestLog.start(session, stream, "hi?", log.now()));
        log.event(session, claim, new ContentChunk(stream.message(), 1, "text", false, null))
                .garbleLast(new byte[] {'{'});
        StreamId unread = StreamId.of("ann", "m2");
        log.event(session, claim, TestLog.start(session, unread, "hi?", log.now()))
                .garbleLast(new byte[] {'{'});
        PartitionFold fold = new PartitionFold(Duration.ofHours(24));
        log.all().forEach(fold::read);
        fold.open().forEach(DocumentsDocumentTest::add);
    }

    private static void add(Turn turn) {
        (turn.outcome() instanceof Outcome.Deleted ? DELETED : TURNS).add(TurnDocuments.of(turn));
        if (turn.isOver()) {
            LogPosition later = new LogPosition(
                    turn.trace().partition(),
                    turn.trace().lastOffset() + 1,
                    turn.trace().lastTime());
            DELETED.add(TurnDocuments.of(turn.deleted(later)));
        }
    }

    private static void addConversations(List<ConversationStep> steps) {
        Map<SessionKey, Conversation> conversations = new HashMap<>();
        for (ConversationStep step : steps) {
            Conversation after = conversations
                    .getOrDefault(step.session(), Conversation.unknown(step.session()))
                    .after(step);
            conversations.put(step.session(), after);
            CONVERSATIONS.add(ConversationDocuments.of(after));
        }
    }

    @Test
    void turns_have_exactly_the_documented_fields() {
        assertDocumented(TURNS, table("## `messages`", "After a deletion"));
    }

    @Test
    void a_deleted_turn_keeps_only_its_id_and_offsets() {
        Set<String> kept = Set.of("_id", "status", "deleted_at", "partition", "first_offset", "last_offset");
        assertThat(DELETED).isNotEmpty().allSatisfy(turn -> {
            assertThat(turn.keySet()).containsAll(kept);
            Set<String> more = new HashSet<>(turn.keySet());
            more.removeAll(kept);
            more.remove("folded_offset");
            assertThat(more).isEmpty();
        });
        assertThat(table("After a deletion", "## `conversations`")).containsOnlyKeys("deleted_at");
    }

    @Test
    void conversations_have_exactly_the_documented_fields() {
        assertDocumented(CONVERSATIONS, table("## `conversations`", "## `stream_archive`"));
    }

    @Test
    void archives_have_exactly_the_documented_fields() {
        assertDocumented(
                ARCHIVES.stream().filter(part -> part.containsKey("parts")).toList(),
                table("## `stream_archive`", "Further parts"));
        assertThat(LATE)
                .isNotEmpty()
                .allSatisfy(late -> assertThat(late)
                        .containsOnlyKeys("_id", "conversation", "first_offset", "last_offset", "records", "data"));
    }

    private static void assertDocumented(List<Document> documents, Map<String, Field> fields) {
        Set<String> seen = new HashSet<>();
        for (Document document : documents) {
            seen.addAll(document.keySet());
            fields.forEach((name, field) -> {
                Object value = document.get(name);
                if (value != null) {
                    assertThat(value)
                            .as("%s, documented as %s", name, field.type())
                            .isInstanceOf(Objects.requireNonNull(TYPES.get(field.type())));
                } else {
                    assertThat(field.optional())
                            .as("%s is absent and documented without ?", name)
                            .isTrue();
                }
            });
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(fields.keySet());
        fields.forEach((name, field) -> assertThat(documents.stream().allMatch(each -> each.containsKey(name)))
                .as("%s is in every document", name)
                .isEqualTo(!field.optional()));
    }

    private static Map<String, Field> table(String from, String to) {
        String text = read();
        int begin = text.indexOf(from);
        Map<String, Field> fields = new LinkedHashMap<>();
        ROW.matcher(text.substring(begin, text.indexOf(to, begin)))
                .results()
                .forEach((MatchResult row) -> fields.put(row.group(1), new Field(row.group(3), row.group(2) != null)));
        return fields;
    }

    private static String read() {
        try {
            return Files.readString(Path.of("../docs/documents.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
