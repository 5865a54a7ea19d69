package dev.parley.store.document;

import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import dev.parley.schema.id.UserId;
import dev.parley.schema.kafka.RecordKey;

/** The {@code _id} of each document. All begin with the user, encoded as in the keys of records. */
public final class DocumentIds {

    private static final String LATE = "#late";

    private DocumentIds() {}

    public static String turn(StreamId stream) {
        return RecordKey.encode(stream.user()) + "/" + stream.message();
    }

    public static String conversation(SessionKey session) {
        return RecordKey.of(session);
    }

    /** @param part from 0 on; the first one also describes the whole archive */
    public static String archivePart(StreamId stream, int part) {
        return turn(stream) + "#" + part;
    }

    /** Of the records that came after the end of a stream. */
    public static String lateRecords(StreamId stream) {
        return turn(stream) + LATE;
    }

    /**
     * The user whose document it is.
     *
     * @throws IllegalArgumentException if the id is none of those above
     */
    public static UserId userOf(String id) {
        return RecordKey.parse(id.substring(0, id.indexOf('/') + 1) + "-").user();
    }

    /** The id of the turn that a document of {@code stream_archive} belongs to. */
    public static String turnOfArchive(String archiveId) {
        return archiveId.substring(0, Math.max(0, archiveId.lastIndexOf('#')));
    }
}
