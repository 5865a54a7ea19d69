package dev.parley.schema.repeats;

import dev.parley.schema.command.Command;
import dev.parley.schema.command.Command.ChatStream;
import dev.parley.schema.command.Command.DeleteConversation;
import dev.parley.schema.command.Command.StopGeneration;
import dev.parley.schema.id.SessionKey;
import dev.parley.schema.id.StreamId;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The message ids that the commands of one partition of {@code chat.commands} ask for, so that a repeat is known without a store.
 *
 * <p>An id lives from its first command to the deletion of the session that this command names; then it is new again. Commands may be added
 * in any order, and again. It says "no" only for what was not added: {@link #from} and {@link #isComplete} say whether that means that the id is
 * new.
 *
 * <p>16 bytes an id beside free slots, and at most a bounded number: past it the oldest are dropped and {@link #from} moves on. A new id is
 * taken for one that was asked for with a probability of ids / 2^64. Not thread-safe.
 */
public final class AskedIds {

    private static final int FIRST_SLOTS = 64;
    private static final long NONE = -1;

    private final IdHash hash;
    private final int most;
    /** Of ids; 0 is a free slot. */
    private long[] ids = new long[FIRST_SLOTS];
    /** The high 24 bits of the session's hash, and the 40 bits of the offset. */
    private long[] places = new long[FIRST_SLOTS];

    private int size;
    private final Map<Long, long[]> deletions = new HashMap<>();
    private int deletionCount;
    private long from = Long.MAX_VALUE;
    private boolean complete;

    private static final int SESSION_SHIFT = IdHash.USER_BITS;
    private static final long OFFSET_MASK = (1L << SESSION_SHIFT) - 1;

    /**
     * What a command adds, small and made on any thread.
     *
     * @param id hash of the message id; 0 if the command deletes a session
     * @param session hash of the session
     */
    public record Asked(long offset, long id, long session) {}

    /** What the commands that are known tell of an id. */
    public sealed interface Earlier {
        /** No earlier command asked for it. */
        record None() implements Earlier {}

        /** An earlier command asked for it, and its session was not deleted in between. */
        record Alive() implements Earlier {}

        /**
         * Earlier commands asked for it, and the session of the last stream of that id was deleted.
         *
         * @param command the offset of the last command before this one that deletes that session
         */
        record Deleted(long command) implements Earlier {}

        /**
         * An earlier command asked for it that may repeat one which is not known any more, and whose session may have been deleted in between.
         */
        record Unsure() implements Earlier {}
    }

    /** @param most so many commands are remembered */
    public AskedIds(IdHash hash, int most) {
        this.hash = hash;
        this.most = Math.max(FIRST_SLOTS / 2, most);
    }

    /** What the command adds, or nothing: 0 and 0. From any thread. */
    public static Asked of(IdHash hash, long offset, Command command) {
        return switch (command) {
            case ChatStream chat ->
                new Asked(
                        offset,
                        nonZero(hash.of(new StreamId(chat.userId(), chat.messageId()))),
                        hash.of(chat.sessionKey()));
            case DeleteConversation delete -> deletion(hash, offset, delete.sessionKey());
            case StopGeneration _ -> new Asked(offset, 0, 0);
        };
    }

    /** What {@link #of} makes of the command that deletes a conversation, for a reader that has only its offset. */
    public static Asked deletion(IdHash hash, long offset, SessionKey session) {
        return new Asked(offset, 0, hash.of(session));
    }

    /** Adds a command. One that was added before changes nothing. */
    public void add(Asked asked) {
        if (asked.id() != 0) {
            put(asked.id(), place(asked));
            if (size > most) {
                forgetOldest();
            }
        } else if (asked.session() != 0) {
            deleted(asked.session(), asked.offset());
        }
    }

    /** Adds a command. One that was added before changes nothing. */
    public void add(long offset, Command command) {
        add(of(hash, offset, command));
    }

    /** All commands from this offset on were added up to those that are added as they come. */
    public void completeFrom(long offset) {
        from = from == Long.MAX_VALUE ? offset : Math.max(from, offset);
        complete = true;
    }

    /** Whether all commands from {@link #from} on are known. */
    public boolean isComplete() {
        return complete;
    }

    /** The offset from which on commands are known, once it is complete. */
    public long from() {
        return from;
    }

    /**
     * Whether an earlier command asked for the same id, and its session was not deleted in between.
     *
     * @param offset of the command that asks now
     */
    public boolean wasAskedBefore(StreamId id, long offset) {
        Life life = lifeBefore(id, offset);
        return life != null && !isDeleted(life.session(), life.offset(), offset);
    }

    /**
     * What the commands from {@link #from} on tell of an id, once they are complete.
     *
     * @param offset of the command that asks now
     */
    public Earlier earlier(StreamId id, long offset) {
        Life life = lifeBefore(id, offset);
        if (life == null) {
            return new Earlier.None();
        }
        if (isDeleted(life.session(), life.offset(), offset)) {
            return new Earlier.Deleted(lastDeletion(life.session(), offset));
        }
        return from > 0 && hasDeletionOf(life.session(), life.first(), offset)
                ? new Earlier.Unsure()
                : new Earlier.Alive();
    }

    /**
     * The last stream of an id.
     *
     * @param first the first command with the id that is known
     * @param offset of the command that asked for it
     */
    private record Life(long first, long offset, long session) {}

    private @Nullable Life lifeBefore(StreamId id, long offset) {
        Life life = null;
        for (long place : placesOf(id, offset)) {
            if (life == null || isDeleted(life.session(), life.offset(), offsetOf(place))) {
                long first = life == null ? offsetOf(place) : life.first();
                life = new Life(first, offsetOf(place), hash.withUser(tagOf(place), id.user()));
            }
        }
        return life;
    }

    /** Whether any session of the same user was deleted. */
    private boolean hasDeletionOf(long session, long after, long before) {
        return deletions.keySet().stream()
                .anyMatch(other -> (other & OFFSET_MASK) == (session & OFFSET_MASK) && isDeleted(other, after, before));
    }

    private long lastDeletion(long session, long before) {
        return Arrays.stream(deletions.getOrDefault(session, new long[0]))
                .filter(offset -> offset < before)
                .max()
                .orElse(NONE);
    }

    /** Of the commands that ask for the id before that offset, in order. The first of a life decides which session it belongs to. */
    private long[] placesOf(StreamId id, long before) {
        long wanted = nonZero(hash.of(id));
        long[] found = new long[0];
        for (int slot = first(wanted, ids); ids[slot] != 0; slot = next(slot, ids)) {
            if (ids[slot] == wanted && offsetOf(places[slot]) < before) {
                found = Arrays.copyOf(found, found.length + 1);
                found[found.length - 1] = places[slot];
            }
        }
        if (found.length < 2) {
            return found;
        }
        return Arrays.stream(found)
                .boxed()
                .sorted(Comparator.comparingLong(AskedIds::offsetOf))
                .mapToLong(Long::longValue)
                .toArray();
    }

    /**
     * Whether the session was deleted by a command before this one. Of one user, two sessions are taken for one with a probability of 2^-24.
     *
     * @param offset of the command that asks now
     */
    public boolean wasDeletedBefore(SessionKey session, long offset) {
        return isDeleted(hash.of(session), NONE, offset);
    }

    /** The log does not have commands before this offset any more. */
    public void forgetBelow(long offset) {
        if (complete && offset > from) {
            from = offset;
            rebuild(offset, ids.length);
        }
    }

    /** Of commands that ask for an id. */
    public int size() {
        return size;
    }

    private boolean isDeleted(long session, long after, long before) {
        long[] offsets = deletions.get(session);
        if (offsets == null) {
            return false;
        }
        for (long offset : offsets) {
            if (offset > after && offset < before) {
                return true;
            }
        }
        return false;
    }

    private void deleted(long session, long offset) {
        long[] known = deletions.getOrDefault(session, new long[0]);
        if (Arrays.stream(known).noneMatch(each -> each == offset)) {
            long[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = offset;
            deletions.put(session, more);
            deletionCount++;
            if (deletionCount > most) {
                forgetOldest();
            }
        }
    }

    private void put(long id, long place) {
        if (size + size / 4 >= ids.length) {
            rebuild(0, ids.length * 2);
        }
        int slot = first(id, ids);
        while (ids[slot] != 0) {
            if (ids[slot] == id && places[slot] == place) {
                return;
            }
            slot = next(slot, ids);
        }
        ids[slot] = id;
        places[slot] = place;
        size++;
    }

    /** A quarter of the offsets that are covered, so that it is seldom. */
    private void forgetOldest() {
        long lowest = Long.MAX_VALUE;
        long highest = 0;
        for (int slot = 0; slot < ids.length; slot++) {
            if (ids[slot] != 0) {
                lowest = Math.min(lowest, offsetOf(places[slot]));
                highest = Math.max(highest, offsetOf(places[slot]));
            }
        }
        for (long[] offsets : deletions.values()) {
            for (long offset : offsets) {
                lowest = Math.min(lowest, offset);
                highest = Math.max(highest, offset);
            }
        }
        long below = lowest + Math.max(1, (highest - lowest) / 4);
        from = from == Long.MAX_VALUE ? below : Math.max(from, below);
        rebuild(below, ids.length);
    }

    private void rebuild(long below, int slots) {
        long[] oldIds = ids;
        long[] oldPlaces = places;
        ids = new long[slots];
        places = new long[slots];
        size = 0;
        for (int slot = 0; slot < oldIds.length; slot++) {
            if (oldIds[slot] != 0 && offsetOf(oldPlaces[slot]) >= below) {
                put(oldIds[slot], oldPlaces[slot]);
            }
        }
        if (below > 0) {
            deletions.replaceAll((_, offsets) ->
                    Arrays.stream(offsets).filter(each -> each >= below).toArray());
            deletions.values().removeIf(offsets -> offsets.length == 0);
            deletionCount =
                    deletions.values().stream().mapToInt(each -> each.length).sum();
        }
    }

    private static int first(long id, long[] ids) {
        return (int) (id >>> 17) & (ids.length - 1);
    }

    private static int next(int slot, long[] ids) {
        return (slot + 1) & (ids.length - 1);
    }

    private static long place(Asked asked) {
        return (asked.session() & ~OFFSET_MASK) | (asked.offset() & OFFSET_MASK);
    }

    private static long offsetOf(long place) {
        return place & OFFSET_MASK;
    }

    private static int tagOf(long place) {
        return (int) (place >>> SESSION_SHIFT);
    }

    private static long nonZero(long hash) {
        return hash == 0 ? 1 : hash;
    }
}
