package dev.parley.store.read;

import static dev.parley.store.document.DocumentValues.number;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.kafka.RecordKey;
import dev.parley.store.StoreConnection;
import dev.parley.store.document.DocumentIds;
import dev.parley.store.document.Fields;
import dev.parley.store.document.TurnStatus;
import java.util.Objects;
import org.bson.Document;

/** Reads whether ids of streams are known. Thread-safe. */
public final class StoredStreams {

    private final BatchedLookup<String, Document> turns;

    public StoredStreams(StoreConnection connection) {
        turns = IdQueries.batched(
                connection.collections().messages(),
                Fields.STATUS,
                Fields.CONVERSATION,
                Fields.FIRST_OFFSET,
                Fields.LAST_OFFSET);
    }

    /**
     * What the store has under the id now. Blocks within the timeouts of the connection.
     *
     * @throws RuntimeException if the store does not answer, or the document cannot be read
     */
    public StoredStream find(StreamId stream) throws InterruptedException {
        return turns.get(DocumentIds.turn(stream))
                .map(turn -> known(stream, turn))
                .orElseGet(StoredStream.Unknown::new);
    }

    private static StoredStream known(StreamId stream, Document turn) {
        return TurnStatus.DELETED.isOf(turn)
                ? new StoredStream.Deleted(number(turn, Fields.LAST_OFFSET))
                : new StoredStream.Known(
                        session(stream, turn), TurnStatus.hasEnded(turn), number(turn, Fields.FIRST_OFFSET));
    }

    private static SessionKey session(StreamId stream, Document turn) {
        String conversation = Objects.requireNonNullElse(turn.getString(Fields.CONVERSATION), "");
        try {
            return RecordKey.parse(conversation);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "The document of message " + stream.message() + " names no conversation: " + conversation, e);
        }
    }
}
