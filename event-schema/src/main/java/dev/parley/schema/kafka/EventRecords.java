package dev.parley.schema.kafka;

import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.ChatEvent.Control;
import dev.parley.schema.event.ChatEvent.ConversationDeleted;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.event.StreamEvent.StreamStart;
import dev.parley.schema.event.StreamEvent.Terminal;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.json.FrameCodec;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.log.Claim;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Converts the events of one worker to records of {@code chat.events}. Thread-safe. */
public final class EventRecords {

    private final String workerId;
    private final String source;

    /** @param workerId should be short and without spaces: every record has it in {@code ce_source} */
    public EventRecords(String workerId) {
        this.workerId = workerId;
        this.source = "/parley/engine-worker/" + workerId;
    }

    /** @param traceparent W3C trace context; only the start and the terminal event have it */
    public ProducerRecord<String, byte[]> event(
            int partition, SessionKey session, Claim claim, StreamEvent event, @Nullable String traceparent) {
        String id = event.messageId() + "/" + event.seq();
        Headers headers = headers(event, id).add(CloudEventHeaders.CLAIM, CloudEventHeaders.utf8(claim.toString()));
        if (event instanceof StreamStart) {
            headers.add(CloudEventHeaders.WORKER_ID, CloudEventHeaders.utf8(workerId));
        }
        if (event instanceof StreamStart || event instanceof Terminal) {
            headers.add(
                    CloudEventHeaders.USER_ID,
                    CloudEventHeaders.utf8(session.user().value()));
            addTrace(headers, traceparent);
        }
        return record(partition, session, headers, event);
    }

    /**
     * A {@code stream_start}.
     *
     * @param folded the highest offset of the partition that this worker had folded when it decided to start; -1 for none
     * @param traceparent W3C trace context
     */
    public ProducerRecord<String, byte[]> start(
            int partition,
            SessionKey session,
            Claim claim,
            StreamStart start,
            long folded,
            @Nullable String traceparent) {
        ProducerRecord<String, byte[]> record = event(partition, session, claim, start, traceparent);
        record.headers().add(CloudEventHeaders.FOLDED_OFFSET, CloudEventHeaders.utf8(Long.toString(folded)));
        return record;
    }

    /** @param n the number of this control record of the claim, which makes its id unique */
    public ProducerRecord<String, byte[]> control(
            int partition, SessionKey session, Claim claim, int n, Control control, @Nullable String traceparent) {
        String id = control.messageId() + "/" + claim + "/" + n;
        Headers headers = headers(control, id).add(CloudEventHeaders.CLAIM, CloudEventHeaders.utf8(claim.toString()));
        if (control instanceof ChatEvent.StreamTakeover) {
            addTrace(headers, traceparent);
        }
        return record(partition, session, headers, control);
    }

    /**
     * A {@code stream_takeover}.
     *
     * @param n the number of this control record of the claim, which makes its id unique
     * @param folded the highest offset of the partition that this worker had folded when it decided to take over
     * @param traceparent W3C trace context
     */
    public ProducerRecord<String, byte[]> takeover(
            int partition,
            SessionKey session,
            Claim claim,
            int n,
            ChatEvent.StreamTakeover takeover,
            long folded,
            @Nullable String traceparent) {
        ProducerRecord<String, byte[]> record = control(partition, session, claim, n, takeover, traceparent);
        record.headers().add(CloudEventHeaders.FOLDED_OFFSET, CloudEventHeaders.utf8(Long.toString(folded)));
        return record;
    }

    /**
     * @param command the offset of the command that causes it; a repeated record of the deletion has the same one
     * @param folded the highest offset of the partition that this worker had folded when it decided to delete; -1 for none
     */
    public ProducerRecord<String, byte[]> deletion(
            int partition, SessionKey session, ConversationDeleted deleted, long command, long folded) {
        ProducerRecord<String, byte[]> record = deletion(partition, session, deleted, command);
        record.headers().add(CloudEventHeaders.FOLDED_OFFSET, CloudEventHeaders.utf8(Long.toString(folded)));
        return record;
    }

    /** @param command the offset of the command that causes it; a repeated record of the deletion has the same one */
    public ProducerRecord<String, byte[]> deletion(
            int partition, SessionKey session, ConversationDeleted deleted, long command) {
        ProducerRecord<String, byte[]> record = deletion(partition, session, deleted);
        record.headers().add(CloudEventHeaders.COMMAND_OFFSET, CloudEventHeaders.utf8(Long.toString(command)));
        return record;
    }

    public ProducerRecord<String, byte[]> deletion(int partition, SessionKey session, ConversationDeleted deleted) {
        return record(partition, session, headers(deleted, deleted.sessionId() + "/deleted"), deleted);
    }

    private Headers headers(ChatEvent event, String id) {
        return CloudEventHeaders.of(source, Vocabulary.nameOf(event.getClass()), id);
    }

    private static void addTrace(Headers headers, @Nullable String traceparent) {
        if (traceparent != null) {
            headers.add(CloudEventHeaders.TRACEPARENT, CloudEventHeaders.utf8(traceparent));
        }
    }

    private static ProducerRecord<String, byte[]> record(
            int partition, SessionKey session, Headers headers, ChatEvent event) {
        return new ProducerRecord<>(
                Topics.EVENTS, partition, null, RecordKey.of(session), FrameCodec.encode((Record) event), headers);
    }
}
