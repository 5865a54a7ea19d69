package dev.parley.projection.turn;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.log.Entry;
import dev.parley.schema.log.RawRecord;
import dev.parley.store.turn.ConversationStep;
import dev.parley.store.turn.LogPosition;

/** A record of {@code chat.events} whose key and headers could be read. */
public sealed interface LogRecord {

    LogPosition position();

    /**
     * A record of a stream.
     *
     * @param session that its key names; the session of the stream is the one of its start
     * @param type the event's wire name, from the header
     * @param raw the record itself; its value is read only if it counts
     */
    record OfStream(StreamId stream, SessionKey session, String type, Entry entry, RawRecord raw, LogPosition position)
            implements LogRecord {

        byte[] value() {
            return raw.value();
        }
    }

    /**
     * {@code conversation_deleted}: all turns that began before it in the session are deleted, unless it repeats an earlier deletion.
     *
     * @param command the offset of the command that asked for it, or {@link ConversationStep.Deleted#NO_COMMAND}: then it repeats none
     */
    record Deletion(SessionKey session, long command, LogPosition position) implements LogRecord {

        boolean namesItsCommand() {
            return command != ConversationStep.Deleted.NO_COMMAND;
        }
    }
}
