package dev.parley.systemtests.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.DropReason;
import dev.parley.systemtests.client.Frame;
import dev.parley.systemtests.client.ReceivedFrames;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/** Each test plants one fault in an otherwise correct system, to show that the checker finds it. */
class CheckerTest extends CheckedSystem {

    @Test
    void finds_nothing_in_a_correct_system() {
        Report report = check();

        assertThat(report.violations()).isEmpty();
        assertThat(report.line())
                .contains(
                        "commands=1 acknowledged=1 streams=1 takeovers=0 terminals={stream_complete=1} lost=0 doubled=0")
                .contains("frames=4 documents=1");
    }

    @Test
    void counts_records_of_a_zombie_as_dropped() {
        ConsumerRecord<String, byte[]> end = events.removeLast();
        takeover(SECOND);
        event(FIRST, chunk(3, "zombie"));
        event(SECOND, complete(3, "one two"));

        assertThat(end.value()).isEqualTo(events.getLast().value());
        document.append("attempts", 2).append("last_offset", 5L);
        Report report = check();
        assertThat(report.violations()).isEmpty();
        assertThat(report.dropped()).containsExactly(Map.entry(DropReason.STALE_CLAIM, 1));
        assertThat(report.of("takeovers")).isEqualTo(1);
    }

    @Test
    void wants_no_document_of_a_stream_that_never_began() {
        Claim claim = new Claim(1, "ddd");
        var probe = new ChatEvent.StreamKeepalive(StreamId.of("anna", "probe-1").message());
        add(events, worker.control(0, SESSION, claim, 0, probe, null));

        Report report = check();

        assertThat(report.violations()).isEmpty();
        assertThat(report.dropped()).containsExactly(Map.entry(DropReason.NOT_STARTED, 1));
    }

    @Test
    void finds_an_answer_without_an_end() {
        events.removeLast();
        frames.removeLast();
        document.append("status", "streaming").append("events", 3L).append("last_offset", 2L);
        document.remove("content_sha256");

        assertThat(check().violations()).hasSize(2).allMatch(found -> found.startsWith("G3"));
    }

    @Test
    void finds_a_message_that_was_never_answered() {
        events.clear();
        frames.clear();

        assertThat(check().of("lost")).isPositive();
    }

    @Test
    void finds_a_gap_in_what_a_socket_received() {
        frames.remove(2);

        assertThat(check().violations()).singleElement().asString().contains("G8", "seq 3 where 2 was next");
    }

    @Test
    void finds_a_frame_that_a_socket_received_twice() {
        frames.add(2, frames.get(1));

        Report report = check();
        assertThat(report.of("doubled")).isEqualTo(1);
        assertThat(report.violations()).isNotEmpty();
    }

    @Test
    void finds_a_changed_byte() {
        frames.set(1, Frame.of(frames.get(1).toString().replace("one ", "One ")));

        assertThat(check().violations()).singleElement().asString().contains("G1", "seq 1");
    }

    @Test
    void finds_a_text_that_is_not_its_chunks() {
        events.removeLast();
        event(FIRST, complete(3, "one two three"));
        frames.set(3, Frame.of(new String(events.getLast().value(), UTF_8)));

        assertThat(check().violations()).singleElement().asString().contains("the chunks joined");
    }

    @Test
    void finds_a_wrong_digest() {
        events.removeLast();
        event(FIRST, complete(3, "one two", Sha256.hex("another")));
        frames.set(3, Frame.of(new String(events.getLast().value(), UTF_8)));

        assertThat(check().violations()).singleElement().asString().contains("content_sha256 is wrong");
    }

    @Test
    void finds_another_users_frames() {
        receivedFrames = new ReceivedFrames("eve", Map.of("m-1", frames), Set.of(), Set.of());

        assertThat(check().violations()).singleElement().asString().contains("G10");
    }

    @Test
    void finds_an_answer_to_a_refused_message() {
        receivedFrames = new ReceivedFrames("anna", Map.of("m-1", frames), Set.of(), Set.of("m-1"));

        assertThat(check().violations()).singleElement().asString().contains("G5");
    }

    @Test
    void finds_a_document_that_differs() {
        document.append("content", "one");

        assertThat(check().violations()).singleElement().asString().contains("G9", "content");
    }

    @Test
    void accepts_a_new_answer_under_an_id_of_a_deleted_conversation() {
        deletion(1, 3);
        command();
        restarted(4);
        frames.clear();
        events.subList(5, events.size()).forEach(record -> frames.add(Frame.of(new String(record.value(), UTF_8))));
        document.append("content", "anew").append("content_sha256", Sha256.hex("anew"));
        document.append("events", 3L).append("first_offset", 5L).append("last_offset", 7L);

        Report report = check();

        assertThat(report.violations()).isEmpty();
        assertThat(report.of("streams")).isEqualTo(2);
    }

    @Test
    void finds_a_message_after_the_deletion_that_was_not_answered() {
        deletion(0, 3);
        command();
        document.clear();
        document.append("status", "deleted");
        conversations.put("anna/s-1", new Document("message_count", 0));

        assertThat(check().violations()).isNotEmpty().allMatch(found -> found.startsWith("G3"));
    }

    @Test
    void finds_a_deleted_text_that_is_still_in_the_store() {
        deletion(1, 3);
        conversations.put("anna/s-1", new Document("message_count", 0));

        assertThat(check().violations()).isNotEmpty().allMatch(found -> found.startsWith("G9"));
    }

    @Test
    void drops_a_start_whose_writer_had_not_read_the_deletion() {
        deletion(1, 3);
        restarted(3);
        document.clear();
        document.append("status", "deleted");
        conversations.put("anna/s-1", new Document("message_count", 0));

        Report report = check();

        assertThat(report.violations()).isEmpty();
        assertThat(report.dropped()).containsEntry(DropReason.BEFORE_DELETION, 1);
    }

    @Test
    void finds_a_missing_document() {
        messages.clear();

        assertThat(check().violations()).singleElement().asString().contains("G9", "no document");
    }

    @Test
    void finds_a_conversation_that_is_missing_or_has_a_wrong_count() {
        conversations.put("anna/s-1", new Document("message_count", 4));
        assertThat(check().violations()).singleElement().asString().contains("G9", "message_count");

        conversations.clear();
        assertThat(check().violations()).singleElement().asString().contains("G9", "no conversation");
    }
}
