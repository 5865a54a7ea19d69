package dev.parley.projection.turn;

import dev.parley.schema.id.SessionKey;
import java.time.Instant;

/**
 * A conversation as its steps make it. Immutable; fold from {@link #unknown}.
 *
 * @param messageCount two a turn: the user's message and its answer, however far that got; 0 before the first turn and after a
 *     deletion, and then the texts and times say nothing
 * @param lastOffset of the last step
 */
public record Conversation(
        SessionKey session, String title, Instant createdAt, Instant updatedAt, int messageCount, long lastOffset) {

    private static final long NEVER = -1;
    private static final int MESSAGES_A_TURN = 2;

    /** One that no record has named. */
    public static Conversation unknown(SessionKey session) {
        return empty(session, NEVER);
    }

    /** One without turns. */
    public static Conversation empty(SessionKey session, long lastOffset) {
        return new Conversation(session, "", Instant.EPOCH, Instant.EPOCH, 0, lastOffset);
    }

    public boolean isEmpty() {
        return messageCount == 0;
    }

    /** With the next step; one that it has already changes nothing. */
    public Conversation after(ConversationStep step) {
        if (step.offset() <= lastOffset) {
            return this;
        }
        return switch (step) {
            case ConversationStep.Opened opened -> opened(opened);
            case ConversationStep.Ended ended ->
                new Conversation(session, title, createdAt, ended.at(), messageCount, ended.offset());
            case ConversationStep.Deleted deleted -> empty(session, deleted.offset());
        };
    }

    private Conversation opened(ConversationStep.Opened step) {
        return isEmpty()
                ? new Conversation(session, step.title(), step.at(), step.at(), MESSAGES_A_TURN, step.offset())
                : new Conversation(session, title, createdAt, step.at(), messageCount + MESSAGES_A_TURN, step.offset());
    }
}
