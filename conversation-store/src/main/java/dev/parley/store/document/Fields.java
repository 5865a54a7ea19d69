package dev.parley.store.document;

/** The names of the documents' fields, which {@code docs/documents.md} describes. They never change: older versions have written them. */
public final class Fields {

    public static final String ID = "_id";

    // Of several collections.
    public static final String USER_ID = "user_id";
    public static final String SESSION_ID = "session_id";
    public static final String MESSAGE_ID = "message_id";
    public static final String CREATED_AT = "created_at";
    public static final String ENDED_AT = "ended_at";
    public static final String EVENTS = "events";
    public static final String RECORDS = "records";
    public static final String PARTITION = "partition";

    /** The id of the conversation. */
    public static final String CONVERSATION = "conversation";

    /** Of the stream's start. */
    public static final String FIRST_OFFSET = "first_offset";

    /** Of the record that changed the document last: every write compares it. */
    public static final String LAST_OFFSET = "last_offset";

    // Of turns.
    public static final String STATUS = "status";
    public static final String MESSAGE = "message";
    public static final String REQUEST = "request";
    public static final String ASKED_AT = "asked_at";
    public static final String AI_MESSAGE_ID = "ai_message_id";
    public static final String CONTENT = "content";
    public static final String CONTENT_SHA256 = "content_sha256";
    public static final String THINKING = "thinking";
    public static final String EMOTION = "emotion";
    public static final String CONTEXT = "context";
    public static final String METADATA = "metadata";
    public static final String ERROR = "error";
    public static final String REASON = "reason";
    public static final String ATTEMPTS = "attempts";
    public static final String DEGRADED = "degraded";
    public static final String DELETED_AT = "deleted_at";

    /** The highest offset that the writer of the start had folded; absent if the start does not say. */
    public static final String FOLDED_OFFSET = "folded_offset";

    // In the metadata of turns, as on the wire.
    public static final String PROVIDER = "provider";
    public static final String PROVIDER_USED = "provider_used";
    public static final String MODEL = "model";
    public static final String ABILITY_UPDATED = "ability_updated";
    public static final String SUBJECT = "subject";
    public static final String NEW_ABILITY = "new_ability";
    public static final String CONFIDENCE = "confidence";

    // Of conversations.
    public static final String TITLE = "title";
    public static final String UPDATED_AT = "updated_at";
    public static final String MESSAGE_COUNT = "message_count";
    public static final String DELETIONS = "deletions";
    public static final String DELETION_COMMAND = "command";
    public static final String DELETION_OFFSET = "offset";

    // Of archives.
    public static final String FORMAT = "format";
    public static final String PARTS = "parts";
    public static final String DROPPED = "dropped";
    public static final String DIGEST = "digest";
    public static final String DATA = "data";

    private Fields() {}

    /** The path of a field in an object. */
    public static String path(String object, String field) {
        return object + "." + field;
    }
}
