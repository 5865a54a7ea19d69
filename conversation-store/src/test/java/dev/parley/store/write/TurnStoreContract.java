package dev.parley.store.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.event.StreamEvent.ContentChunk;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.store.turn.AppliedDeletion;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LateRecord;
import dev.parley.store.turn.Turn;
import dev.parley.store.write.TurnStore.Draft;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link TurnStore} guarantees, however many write. It does not cover stores that cannot be reached, nor how long a call takes.
 */
abstract class TurnStoreContract {

    private static final SessionKey SESSION = SessionKey.of("a/nn", "s1");
    private static final StreamId STREAM = StreamId.of("a/nn", "m1");
    private static final String ID = "a%2Fnn/m1";
    private static final String CONVERSATION = "a%2Fnn/s1";
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    private TurnStore store;

    /** An empty one. */
    abstract TurnStore newStore();

    abstract Map<String, Document> messages();

    abstract Map<String, Document> conversations();

    abstract Map<String, Document> archive();

    @BeforeEach
    void prepare() {
        store = newStore();
        store.prepare();
        store.prepare();
    }

    @Test
    void a_turn_is_saved_and_replaced_by_its_later_states() {
        assertThat(save(turn(0, "one "), true)).isEmpty();
        assertThat(content()).isEqualTo("one ");

        assertThat(save(turn(0, "one ", "two"), false)).isEmpty();
        assertThat(content()).isEqualTo("one two");
    }

    @Test
    void the_hint_may_be_wrong_either_way() {
        save(turn(0, "one "), false);
        assertThat(content()).isEqualTo("one ");

        save(turn(0, "one ", "two"), true);
        assertThat(content()).isEqualTo("one two");
    }

    @Test
    void an_earlier_state_does_not_replace_a_later_one() {
        save(turn(0, "one ", "two"), true);

        assertThat(save(turn(0, "one "), true)).isEmpty();
        assertThat(save(turn(0, "one "), false)).isEmpty();

        assertThat(content()).isEqualTo("one two");
    }

    @Test
    void a_draft_with_a_later_start_is_discarded() {
        save(turn(0, "right"), true);

        assertThat(save(turn(7, "wrong", "and long"), true)).containsExactly(STREAM);
        assertThat(save(turn(7, "wrong", "and long"), false)).containsExactly(STREAM);

        assertThat(content()).isEqualTo("right");
    }

    @Test
    void an_earlier_start_wins_over_a_later_one() {
        save(turn(7, "wrong", "and long"), true);

        assertThat(save(turn(0, "right"), true)).isEmpty();

        assertThat(content()).isEqualTo("right");
    }

    @Test
    void many_turns_go_at_once_each_with_its_own_result() {
        save(turn(5, "right"), true);
        List<Draft> drafts = new ArrayList<>();
        drafts.add(new Draft(turn(9, "wrong"), 10));
        for (int i = 0; i < 100; i++) {
            StreamId other = StreamId.of("a/nn", "x" + i);
            drafts.add(new Draft(turn(other, i, "text " + i), i % 2 == 0 ? Draft.NONE : i));
        }

        assertThat(store.save(drafts)).containsExactly(STREAM);

        assertThat(messages()).hasSize(101);
        assertThat(messages().get("a%2Fnn/x42")).containsEntry("content", "text 42");
    }

    @Test
    void a_conversation_counts_each_turn_once_however_often_its_steps_are_applied() {
        var steps = List.<ConversationStep>of(opened(STREAM, "Hello", 3), ended(STREAM, 5), opened(other(), "More", 8));
        store.apply(steps);
        store.apply(steps.subList(0, 1));
        store.apply(steps);

        assertThat(conversations().get(CONVERSATION))
                .containsEntry("user_id", "a/nn")
                .containsEntry("session_id", "s1")
                .containsEntry("title", "Hello")
                .containsEntry("message_count", 4)
                .containsEntry("created_at", Date.from(T0.plusSeconds(3)))
                .containsEntry("updated_at", Date.from(T0.plusSeconds(8)))
                .containsEntry("last_offset", 8L);
    }

    @Test
    void a_deleted_conversation_keeps_no_content_and_no_late_writer_restores_it() {
        save(turn(0, "one "), true);
        save(turn(other(), 1, "else"), true);
        store.apply(List.of(opened(STREAM, "Hello", 0), opened(other(), "More", 1)));

        store.apply(List.of(deleted(20)));
        store.apply(List.of(opened(STREAM, "Hello", 0), ended(STREAM, 9)));
        save(turn(0, "one ", "two"), true);
        save(turn(0, "one ", "two", "three"), false);
        assertThat(save(turn(15, "a second start"), true)).containsExactly(STREAM);

        Document kept = new Document("_id", ID)
                .append("status", "deleted")
                .append("partition", TestStream.PARTITION)
                .append("first_offset", 0L)
                .append("last_offset", 20L)
                .append("deleted_at", Date.from(T0.plusSeconds(20)));
        assertThat(messages().get(ID)).isEqualTo(kept);
        assertThat(conversations().get(CONVERSATION))
                .isEqualTo(new Document("_id", CONVERSATION)
                        .append("message_count", 0)
                        .append("last_offset", 20L));
    }

    @Test
    void the_id_of_a_deleted_turn_is_new_for_a_writer_that_knew_of_the_deletion() {
        save(turn(0, "old"), true);
        store.deleteTurns(List.of(deletion(20)));

        assertThat(save(restarted(30, 19, "too early"), true)).containsExactly(STREAM);
        assertThat(content()).isNull();

        assertThat(save(restarted(30, 20, "new"), true)).isEmpty();
        assertThat(content()).isEqualTo("new");
        assertThat(messages().get(ID))
                .containsEntry("status", "streaming")
                .containsEntry("first_offset", 30L)
                .containsEntry("folded_offset", 20L)
                .doesNotContainKey("deleted_at");
    }

    @Test
    void a_reader_that_is_behind_does_not_replace_the_new_turn_by_the_deleted_one() {
        save(turn(0, "old"), true);
        store.deleteTurns(List.of(deletion(20)));
        save(restarted(30, 25, "new"), true);
        store.apply(List.of(deleted(20), opened(STREAM, "New", 30)));

        assertThat(save(turn(0, "old"), true)).containsExactly(STREAM);
        assertThat(save(turn(0, "old", "and more"), false)).containsExactly(STREAM);
        store.deleteTurns(List.of(deletion(20)));
        store.apply(List.of(opened(STREAM, "Old", 0), deleted(20)));

        assertThat(content()).isEqualTo("new");
        assertThat(conversations().get(CONVERSATION))
                .containsEntry("title", "New")
                .containsEntry("message_count", 2);
    }

    @Test
    void a_turn_that_was_deleted_twice_keeps_the_offset_of_the_second() {
        save(turn(0, "old"), true);
        store.deleteTurns(List.of(deletion(20)));
        save(restarted(30, 25, "new"), true);
        store.deleteTurns(List.of(deletion(40)));

        assertThat(save(turn(0, "old"), true)).containsExactly(STREAM);
        assertThat(messages().get(ID))
                .containsEntry("status", "deleted")
                .containsEntry("first_offset", 30L)
                .containsEntry("last_offset", 40L);
    }

    @Test
    void turns_after_the_deletion_stay_and_the_conversation_begins_again() {
        save(turn(0, "old"), true);
        store.apply(List.of(opened(STREAM, "Old", 0)));
        save(turn(other(), 30, "new"), true);

        store.apply(List.of(deleted(20), opened(other(), "New", 30)));
        store.apply(List.of(deleted(20)));

        assertThat(messages().get("a%2Fnn/m2")).containsEntry("content", "new");
        assertThat(conversations().get(CONVERSATION))
                .containsEntry("title", "New")
                .containsEntry("message_count", 2)
                .containsEntry("created_at", Date.from(T0.plusSeconds(30)));
    }

    @Test
    void deleting_an_unknown_conversation_is_remembered() {
        store.apply(List.of(deleted(20)));
        store.apply(List.of(opened(STREAM, "Old", 3)));

        assertThat(conversations().get(CONVERSATION)).containsEntry("message_count", 0);
    }

    @Test
    void an_archive_is_kept_once_and_the_earlier_start_wins() {
        TestStream right = ended(STREAM, 0, "right");
        TestStream wrong = ended(STREAM, 7, "wrong");
        keep(wrong);
        keep(right);
        Map<String, Document> before = archive();
        keep(wrong);
        keep(right);

        assertThat(archive()).isEqualTo(before).containsOnlyKeys(ID + "#0");
        assertThat(before.get(ID + "#0"))
                .containsEntry("first_offset", 0L)
                .containsEntry("conversation", CONVERSATION)
                .containsEntry("events", 3L)
                .containsEntry("parts", 1)
                .containsEntry("digest", right.archive().digest());
    }

    @Test
    void late_records_are_kept_beside_it_each_once() {
        keep(ended(STREAM, 0, "x"));
        store.archive(List.of(), ended(STREAM, 0, "x").asLate());
        List<LateRecord> late = lateOnes(5);
        store.archive(List.of(), late.subList(2, 4));
        store.archive(List.of(), late.subList(0, 3));
        store.archive(List.of(), late);
        store.archive(List.of(), late);

        assertThat(archive().get(ID + "#late")).containsEntry("records", 5L).containsEntry("last_offset", 54L);
    }

    @Test
    void nothing_is_archived_of_unknown_or_deleted_turns() {
        store.archive(List.of(), lateOnes(1));
        assertThat(archive()).isEmpty();

        TestStream fold = ended(STREAM, 0, "x");
        keep(fold);
        store.archive(List.of(), lateOnes(2));
        store.apply(List.of(opened(STREAM, "Hello", 0), deleted(40)));
        assertThat(archive()).isEmpty();

        store.archive(List.of(fold.archive()), lateOnes(3));
        assertThat(archive()).isEmpty();
    }

    @Test
    void deletions_are_known_by_their_commands_and_outlive_a_new_beginning() {
        store.apply(List.of(deleted(7, 20), deleted(25), opened(STREAM, "New", 30), deleted(9, 40)));
        store.apply(List.of(deleted(7, 20), opened(other(), "Newer", 50)));

        assertThat(store.deletions(List.of(SESSION, SessionKey.of("bob", "s1"))).get(SESSION))
                .containsExactly(new AppliedDeletion(7, 20), new AppliedDeletion(9, 40));
        assertThat(conversations().get(CONVERSATION)).containsEntry("message_count", 2);
    }

    @Test
    void another_users_session_of_the_same_name_is_another_one() {
        save(turn(0, "mine"), true);
        store.apply(List.of(opened(STREAM, "Mine", 0)));

        SessionKey foreign = SessionKey.of("bob", "s1");
        store.apply(List.of(new ConversationStep.Deleted(foreign, ConversationStep.Deleted.NO_COMMAND, 20, T0)));

        assertThat(content()).isEqualTo("mine");
        assertThat(conversations().get(CONVERSATION)).containsEntry("message_count", 2);
    }

    /** @param first whether the hint says that there is none; else it says that the stored turn is one chunk shorter */
    private Set<StreamId> save(Turn turn, boolean first) {
        return store.save(
                List.of(new Draft(turn, first ? Draft.NONE : turn.trace().lastOffset() - 1)));
    }

    private Object content() {
        return messages().getOrDefault(ID, new Document()).getString("content");
    }

    private static StreamId other() {
        return StreamId.of("a/nn", "m2");
    }

    private static Turn turn(int firstOffset, String... chunks) {
        return turn(STREAM, firstOffset, chunks);
    }

    /** A turn of {@link #STREAM} whose writer had folded up to that offset. */
    private static Turn restarted(int firstOffset, long folded, String chunk) {
        return new TestStream(SESSION, STREAM, firstOffset, T0, List.of(chunk)).unfinished(folded);
    }

    private static ConversationStep.Deleted deletion(long offset) {
        return new ConversationStep.Deleted(
                SESSION, ConversationStep.Deleted.NO_COMMAND, offset, T0.plusSeconds(offset));
    }

    /** A turn of the session that starts at this offset and has these chunks after it. */
    private static Turn turn(StreamId stream, int firstOffset, String... chunks) {
        return new TestStream(SESSION, stream, firstOffset, T0, List.of(chunks)).unfinished();
    }

    private void keep(TestStream stream) {
        store.save(List.of(new Draft(stream.ended(), Draft.NONE)));
        store.archive(List.of(stream.archive()), List.of());
    }

    /** A whole stream of the session that starts at this offset. */
    private static TestStream ended(StreamId stream, int firstOffset, String text) {
        return new TestStream(SESSION, stream, firstOffset, T0, List.of(text));
    }

    /** Chunks of the stream at offsets from 50 on. */
    private static List<LateRecord> lateOnes(int count) {
        List<LateRecord> late = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            var chunk = new ContentChunk(STREAM.message(), 9 + i, "late", false, null);
            late.add(new LateRecord(STREAM, SESSION, TestStream.raw(SESSION, chunk, 50 + i, T0)));
        }
        return late;
    }

    private static ConversationStep opened(StreamId stream, String title, long offset) {
        return new ConversationStep.Opened(SESSION, stream, title, offset, T0.plusSeconds(offset));
    }

    private static ConversationStep ended(StreamId stream, long offset) {
        return new ConversationStep.Ended(SESSION, stream, offset, T0.plusSeconds(offset));
    }

    private static ConversationStep deleted(long offset) {
        return deleted(ConversationStep.Deleted.NO_COMMAND, offset);
    }

    private static ConversationStep deleted(long command, long offset) {
        return new ConversationStep.Deleted(SESSION, command, offset, T0.plusSeconds(offset));
    }
}
