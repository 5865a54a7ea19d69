package dev.parley.store.turn;

import dev.parley.schema.id.SessionKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation, folded from its steps. Immutable; the fold begins with {@link #unknown}.
 *
 * @param messageCount two a turn: the user's message and its answer, finished or not. 0 before the first turn and after a deletion; title
 *     and times have no meaning then
 * @param deletions the last {@link #MAX_DELETIONS} that name their command, oldest first, so that a reader that begins after them
 *     recognizes a repeated one
 * @param lastOffset of the last step
 */
public record Conversation(
        SessionKey session,
        String title,
        Instant createdAt,
        Instant updatedAt,
        int messageCount,
        List<AppliedDeletion> deletions,
        long lastOffset) {

    public static final int MAX_DELETIONS = 32;

    private static final long NEVER = -1;
    private static final int MESSAGES_A_TURN = 2;

    public Conversation {
        deletions = List.copyOf(deletions);
    }

    /** One without any step. */
    public static Conversation unknown(SessionKey session) {
        return empty(session, List.of(), NEVER);
    }

    /** One without turns. */
    public static Conversation empty(SessionKey session, List<AppliedDeletion> deletions, long lastOffset) {
        return new Conversation(session, "", Instant.EPOCH, Instant.EPOCH, 0, deletions, lastOffset);
    }

    public boolean isEmpty() {
        return messageCount == 0;
    }

    /** With the next step. A step that was applied before changes nothing. */
    public Conversation after(ConversationStep step) {
        if (step.offset() <= lastOffset) {
            return this;
        }
        return switch (step) {
            case ConversationStep.Opened opened -> opened(opened);
            case ConversationStep.Ended ended ->
                new Conversation(
                        session,
                        title,
                        createdAt,
                        notBefore(updatedAt, ended.at()),
                        messageCount,
                        deletions,
                        ended.offset());
            case ConversationStep.Deleted deleted -> empty(session, deletionsWith(deleted), deleted.offset());
        };
    }

    /** Records of older versions have their writers' times, which may go back. */
    private static Instant notBefore(Instant earliest, Instant time) {
        return time.isBefore(earliest) ? earliest : time;
    }

    private List<AppliedDeletion> deletionsWith(ConversationStep.Deleted step) {
        if (step.command() == ConversationStep.Deleted.NO_COMMAND) {
            return deletions;
        }
        List<AppliedDeletion> all = new ArrayList<>(deletions);
        all.add(new AppliedDeletion(step.command(), step.offset()));
        return all.subList(Math.max(0, all.size() - MAX_DELETIONS), all.size());
    }

    private Conversation opened(ConversationStep.Opened step) {
        return isEmpty()
                ? new Conversation(
                        session, step.title(), step.at(), step.at(), MESSAGES_A_TURN, deletions, step.offset())
                : new Conversation(
                        session,
                        title,
                        createdAt,
                        notBefore(updatedAt, step.at()),
                        messageCount + MESSAGES_A_TURN,
                        deletions,
                        step.offset());
    }
}
