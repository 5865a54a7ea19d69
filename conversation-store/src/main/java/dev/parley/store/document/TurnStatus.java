package dev.parley.store.document;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bson.Document;

/** The {@code status} of a turn's document. */
public enum TurnStatus {
    STREAMING,
    COMPLETE,
    STOPPED,
    ERROR,
    DELETED;

    private static final Set<TurnStatus> ENDED = EnumSet.of(COMPLETE, STOPPED, ERROR);

    /** The value in the document. */
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isOf(Document turn) {
        return value().equals(turn.getString(Fields.STATUS));
    }

    /** Whether the stream of a turn that is not deleted has its end. */
    public static boolean hasEnded(Document turn) {
        return ENDED.stream().anyMatch(status -> status.isOf(turn));
    }

    /** The values of turns that have ended and are not deleted. */
    public static List<String> endedValues() {
        return ENDED.stream().map(TurnStatus::value).toList();
    }
}
