package dev.parley.schema.kafka;

import dev.parley.schema.event.ChatEvent;
import dev.parley.schema.event.StreamEvent;
import dev.parley.schema.id.MessageId;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.json.Vocabulary;
import dev.parley.schema.log.Claim;
import dev.parley.schema.log.Entry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** The decoded key and headers of a record of {@code chat.events}. A record can be accepted and relayed without decoding its value. */
public sealed interface EventHead {

    /**
     * A record of a stream.
     *
     * @param type the event's wire name. Events of unknown types are treated like other events
     */
    record OfStream(SessionKey session, StreamId stream, String type, Entry entry) implements EventHead {}

    /**
     * {@code conversation_deleted}.
     *
     * @param command the offset of the command that caused it; null if the record does not state it
     * @param folded the highest offset that its writer had folded; null if the record does not state it
     */
    record OfSession(
            SessionKey session,
            @Nullable Long command,
            @Nullable Long folded) implements EventHead {}

    /** The record violates the contract, or has an unknown version. */
    record Unreadable(String reason) implements EventHead {}

    /** Does not throw, whatever the record contains. */
    static EventHead of(ConsumerRecord<String, byte[]> record) {
        if (record.key() == null || record.value() == null) {
            return new Unreadable("no key or no value");
        }
        try {
            return read(record.key(), record.headers());
        } catch (IllegalArgumentException e) {
            return new Unreadable("malformed key or header");
        }
    }

    private static EventHead read(String key, Headers headers) {
        String ceType = CloudEventHeaders.text(headers, CloudEventHeaders.TYPE);
        String ceId = CloudEventHeaders.text(headers, CloudEventHeaders.ID);
        if (ceType == null || ceId == null) {
            return new Unreadable("no ce_type or no ce_id");
        }
        String type = Names.wireName(ceType);
        if (type == null) {
            return new Unreadable("unknown version or foreign type");
        }
        SessionKey session = RecordKey.parse(key);
        if (type.equals(Names.DELETED)) {
            return new OfSession(
                    session,
                    CloudEventHeaders.number(headers, CloudEventHeaders.COMMAND_OFFSET),
                    CloudEventHeaders.number(headers, CloudEventHeaders.FOLDED_OFFSET));
        }
        String claim = CloudEventHeaders.text(headers, CloudEventHeaders.CLAIM);
        if (claim == null) {
            return new Unreadable("no ce_claim");
        }
        int slash = ceId.indexOf('/');
        if (slash < 0) {
            return new Unreadable("a ce_id without a slash");
        }
        StreamId stream = new StreamId(session.user(), new MessageId(ceId.substring(0, slash)));
        return new OfStream(session, stream, type, entry(type, Claim.parse(claim), ceId, slash + 1, headers));
    }

    private static Entry entry(String type, Claim claim, String ceId, int afterSlash, Headers headers) {
        if (type.equals(Names.TAKEOVER)) {
            Long folded = CloudEventHeaders.number(headers, CloudEventHeaders.FOLDED_OFFSET);
            return folded == null ? new Entry.Takeover(claim) : new Entry.Takeover(claim, folded);
        }
        if (type.equals(Names.KEEPALIVE)) {
            return new Entry.Keepalive(claim);
        }
        if (type.equals(Names.RELEASED)) {
            return new Entry.Released(claim);
        }
        long seq = Long.parseLong(ceId, afterSlash, ceId.length(), 10);
        boolean starts = type.equals(Names.START);
        if (seq < 0 || (starts && seq > 0)) {
            throw new IllegalArgumentException("seqs count from 0, which is the start's");
        }
        if (starts) {
            Long folded = CloudEventHeaders.number(headers, CloudEventHeaders.FOLDED_OFFSET);
            return folded == null ? new Entry.Start(claim) : new Entry.Start(claim, folded);
        }
        return Names.TERMINAL.typeOf(type).isPresent() ? new Entry.Terminal(claim, seq) : new Entry.Event(claim, seq);
    }

    /** The names that have a meaning in the log protocol. */
    final class Names {

        static final String START = Vocabulary.nameOf(StreamEvent.StreamStart.class);
        static final String TAKEOVER = Vocabulary.nameOf(ChatEvent.StreamTakeover.class);
        static final String KEEPALIVE = Vocabulary.nameOf(ChatEvent.StreamKeepalive.class);
        static final String RELEASED = Vocabulary.nameOf(ChatEvent.StreamReleased.class);
        static final String DELETED = Vocabulary.nameOf(ChatEvent.ConversationDeleted.class);
        static final Vocabulary<StreamEvent.Terminal> TERMINAL = Vocabulary.of(StreamEvent.Terminal.class);

        private Names() {}

        static @Nullable String wireName(String ceType) {
            int start = CloudEventHeaders.TYPE_PREFIX.length();
            int end = ceType.length() - CloudEventHeaders.TYPE_SUFFIX.length();
            return start < end
                            && ceType.startsWith(CloudEventHeaders.TYPE_PREFIX)
                            && ceType.endsWith(CloudEventHeaders.TYPE_SUFFIX)
                    ? ceType.substring(start, end)
                    : null;
        }
    }
}
